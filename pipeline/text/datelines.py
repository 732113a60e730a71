"""Who, where and when: the grammar of datelines, dates and agency names in press copy.

Reads the opening of a story ("BAKU, Azerbaijan, Oct. 15 (Trend) -- ") and the date of a time stamp. Which other lines
are furniture is decided in ``furniture``; where a paragraph begins, in ``paragraphs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

# As agencies write themselves, known whatever the case. Names that are plain English words (Report, Map) are left out.
AGENCIES = tuple(
    """
    1TV|24.kg|AAP|Adnkronos|AFP|Agerpres|Agência Brasil|AKIpress|AKIpress.com|Anadolu|Anadolu Agency|Andina|ANGOP|ANI|ANP|ANSA
    Antara|AP|APA|APP|Ariana News|ARKA|Arminfo|Armenpress|Asia-Plus|Associated Press|ATA|Avesta|Azertac|Azertag|BASA-press|BBC|Belapan|Belga
    BelTA|Bernama|BIRN|BNS|BSS|BTA|Canadian Press|Civil Georgia|CNA|CTK|ČTK|dpa|EFE|ELTA|Europa Press|Fars|FENA|Fergana|GNA|Gazeta.kz
    HINA|IANS|Inforpress|Infotag|Interfax|Interfax.ru|Interfax-Kazakhstan|Interfax-Ukraine|Interpressnews|IPN|IPS|IRNA|ISNA|Itar-Tass
    IWPR|Jiji|Kabar|Kazinform|KazTAG|KCNA|Khaama Press|Khovar|NIAT Khovar|KPL|KUNA|Kyodo|LETA|Lusa|Mediamax|Mehr|Moldpres|Montsame|MTI
    News.am|NNA|Novosti|Novosti-Armenia|Noyan Tapan|NTB|Pajhwok|Pajhwok Afghan News|PAP|PNA|PPI|Prensa Latina|Press Association
    Prime-News|PTI|RBC|Regnum|Reuters|RFE/RL|RIA Novosti|Rosbalt|SANA|SAPA|Sputnik|SRNA|STT|Tanjug|TAP|Tasnim|TASR|TASS|Tengrinews
    TOLOnews|Trend|Turan|Ukrinform|UNIAN|UPI|UzA|VNA|WAFA|WAM|Xinhua|Yonhap
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)

# In capitals before a dash or a stop at the head of a story, and yet no town.
NOT_PLACES = frozenset(
    """
    NATO CSTO OSCE OPEC UNESCO UNICEF UNHCR UNODC UNDP INTERPOL EUROPOL FRONTEX ASEAN ECOWAS NASA FIFA UEFA AIDS COVID
    NOTE NOTES QUESTION ANSWER WARNING UPDATE UPDATED BREAKING URGENT FLASH BULLETIN ALERT ANALYSIS OPINION COMMENT EXPLAINER
    FACTBOX INTERVIEW PROFILE FEATURE LIVE WATCH VIDEO PHOTOS WEATHER SPORT SUMMARY ANNEX APPENDIX ARTICLE SECTION CHAPTER
    PART TABLE FIGURE STEP HEROIN COCAINE OPIUM CANNABIS HASHISH WHO WHAT WHEN WHERE WHY HOW YES TERRORISM EXTREMISM DRUGS
    MIGRATION CYBERCRIME
    """.split()  # noqa: SIM905  # as a list it would fill the page
)
# First words that show a capitalised run to be a sentence and no town.
_NOT_NAMES = frozenset("In On By Since From At Before After Until The Of To For And But Next Last This".split())  # noqa: SIM905  # as above

MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?"
TIME = r"[0-2]?\d(?:[:.]|h)[0-5]\d(?::[0-5]\d)?\b"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?\b"
_YEAR = r"(?:19|20)\d\d\b"
NUMERIC = rf"(?:\d\d?[./]\d\d?[./]{_YEAR}|{_YEAR}[-./]\d\d?[-./]\d\d?\b)"

# Each gives year, day and the month, written out (word) or as a number (month).
DATES: dict[str, str] = {
    "2017-05-25": r"\b(?P<year>(?:19|20)\d\d)[-./](?P<month>\d\d?)[-./](?P<day>\d\d?)(?!\d)",
    "21.11.2018": rf"\b(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>{_YEAR})",
    "21/11/2018": rf"\b(?P<day>\d\d?)/(?P<month>\d\d?)/(?P<year>{_YEAR})",
    "2016 September 28": rf"\b(?P<year>{_YEAR}),? (?P<word>{MONTH}),? (?P<day>{_DAY})",
    "21 November 2018": rf"\b(?P<day>{_DAY})(?: of)?[ -](?P<word>{MONTH}),?[ -](?P<year>{_YEAR})",
    "Nov. 21, 2018": rf"\b(?P<word>{MONTH}) (?P<day>{_DAY}),? (?P<year>{_YEAR})",
}

_BIG = "A-ZÀ-ÖØ-ÞĀ-ɏḀ-ỹ"  # some of the later ones are small letters: `isupper` has the last word
_CAPS = rf"(?:[{_BIG}]{{2,3}}\. )?[{_BIG}][{_BIG}'’-]*[{_BIG}](?:[ /][{_BIG}][{_BIG}'’-]*){{0,4}}"
_NAME = rf"[{_BIG}][\w'’.-]*"
_NAMES = rf"{_NAME}(?:\s(?:(?:of|and|the|de|del|da)\s)?{_NAME}){{0,3}}(?:\s(?:region|district|province|oblast|county))?"
WHEN = rf"(?:{WEEKDAY},?\s)?(?:{MONTH}\s{_DAY}|{_DAY}\s{MONTH}|{NUMERIC})(?:,?\s{_YEAR})?(?:,?\s{TIME})?"
DOMAIN = r"[\w-]+\.(?:com|org|net|info|news|ru|kg|kz|uz|tj|tm|az|am|ge|by|md|ua|af|ir)\b"


@dataclass(frozen=True, slots=True)
class Shape:
    """One form a dateline takes.

    Attributes:
        name: what it consists of.
        parts: regular expression over the letters of its parts in order: S stamp, P place in capitals, p place in
            small letters, R region or country, D day, A agency; then its closing mark, "-", "." or ":", or none.
        first: it counts only at the head of the first paragraph after the headline.
        example: one such opening.
    """

    name: str
    parts: str
    first: bool
    example: str


OPENINGS = (
    Shape("place and day", "S?PR?D[-.:]", first=False, example="OSINNIKI (Kemerovo Region), 23 November. "),
    Shape("place, day, agency", "S?[Pp]R?DA[-.:]?", first=False, example="MOSCOW, November 17. /TASS/. "),
    Shape("place, agency", "S?PR?A[-.:]?|pA-", first=False, example="BISHKEK (24.kg) - "),
    Shape("stamp, place", "SP[-.]", first=False, example="2017-05-25 MINSK. "),
    Shape("stamp or day, agency", "[SD]A[-.:]", first=False, example="date 2017-05-25 KAZINFORM - "),
    Shape("agency", "A[-:]", first=False, example="AKIPRESS.COM - "),
    Shape("bare place", "P[-.]|PR-", first=True, example="LEHI, Utah — "),
    Shape("place in small letters, day", "pR?D[-.:]", first=True, example="Rome, October 3 - "),
    Shape("agency with a stop", "A[.]", first=True, example="TAP. "),
)
# Whole lines; their closing marks do not count.
LINES = (
    Shape("place and day", "S?[Pp]R?D", first=False, example="BAKU, Azerbaijan, Oct. 15"),
    Shape("place, day, agency", "S?[Pp]R?DA", first=False, example="MINSK, November 17. /TASS/."),
    Shape("place, agency", "S?PR?A|pA", first=False, example="BISHKEK (24.kg)"),
    Shape("place and country", "PR", first=False, example="YEKATERINBURG, Russia"),
    Shape("stamp, place or agency", "S[PA]|DA", first=False, example="date 2017-05-25 KAZINFORM"),
    Shape("agency", "A", first=False, example="/TASS/"),
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """What an opening, or a line of its own, told.

    Attributes:
        end: where it ends in the text it was read from; the story begins there.
        place: "Baku, Azerbaijan".
        date: ISO, when day, month and year are all there.
        agency: "Trend".
    """

    end: int
    place: str | None
    date: str | None
    agency: str | None


def read_opening(text: str, *, first: bool) -> Dateline | None:
    """The dateline a paragraph opens with, if it opens with one.

    Args:
        text: the paragraph.
        first: it is the first one after the headline, where a bare town in capitals will do.

    >>> read_opening("BAKU, Azerbaijan, Oct. 15 (Trend) -- Customs officers found", first=False)
    Dateline(end=37, place='Baku, Azerbaijan', date=None, agency='Trend')
    >>> read_opening("MOSCOW - a city of twelve million", first=True)
    """
    # No dateline goes without a mark before the story; looking for one first is quicker than the grammar.
    if _compiled(_MARK).search(text, 0, 160) is None or (match := _grammar(whole=False).match(text, 0, 160)) is None:
        return None
    found = _Parts.of(match)
    begins = text[match.end()]
    small = begins.islower() and not ("A" in found.shape and len(found.shape) > 2)
    return None if small or not found.fits(OPENINGS, first=first) else found.dateline(match.end())


def read_line(text: str) -> Dateline | None:
    """The dateline that is the whole of a line, if it is one.

    >>> read_line("TASHKENT, 3 May").place
    'Tashkent'
    """
    match = _grammar(whole=True).fullmatch(text) if len(text) <= 120 else None
    if match is None:
        return None
    found = _Parts.of(match)
    return found.dateline(match.end()) if found.fits(LINES, first=True) else None


def read_date(text: str) -> str | None:
    """The first full date in a text as ISO, or ``None``; "03/12/2014", which may be March or December, is none.

    >>> read_date("2016 September 28 (Wednesday) 10:34:24"), read_date("Oct. 15"), read_date("12.03.2014 09:15")
    ('2016-09-28', None, '2014-03-12')
    """
    for regex in DATES.values():
        for match in _compiled(regex).finditer(text):
            parts = match.groupdict()
            year, day = int(parts["year"]), int(parts["day"].rstrip("stndrh"))
            month = _month(parts["word"]) if "word" in parts else int(parts["month"])
            if "/" in match.group() and parts["day"] != parts["month"] and not match.group().startswith(parts["year"]):
                if month > 12:
                    month, day = day, month
                elif day <= 12:
                    continue
            try:
                return date(year, month, day).isoformat()
            except ValueError:
                continue
    return None


def agency_named(text: str) -> str | None:
    """The agency a text names and nothing else, spelt as it spells itself; a site counts as one.

    >>> agency_named("(KAZINFORM)"), agency_named("/TASS/."), agency_named("Vesti.kg"), agency_named("Tass said")
    ('Kazinform', 'TASS', 'Vesti.kg', None)
    """
    bare = text.strip(" /()[]:.-–—\n").split(",")[0]
    return _known_agencies().get(bare.casefold()) or (bare if _compiled(DOMAIN).fullmatch(bare) else None)


def is_agency(text: str) -> bool:
    """Whether a text is the name or tag of an agency that is known as one: "Trend:", "(Kazinform)", "-- AFP".

    >>> is_agency("Trend:"), is_agency("- Fars"), is_agency("Trend is up")
    (True, False, False)
    """
    return text.removeprefix("--").strip(" /()[]:.–—").casefold() in _known_agencies()


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one dateline as matched, before it is settled whether they make one."""

    place: str
    region: str
    when: str
    agency: str
    shape: str

    @classmethod
    def of(cls, match: re.Match[str]) -> _Parts:
        """Sort what the grammar matched: a place may turn out an agency, a bracket a region."""
        part = match.groupdict("")
        place, region, when, agency = part["place"].rstrip("."), part["region"], part["when"], part["agency"]
        agency = _compiled(r"(?<!\w)Corr(?:espondent)?\.?(?: of)? ").sub("", agency)
        if part["inner"]:
            if agency_named(part["inner"]) or not (when or agency):
                agency = agency or part["inner"]
            else:
                region = part["inner"]
        if place and agency_named(place):
            place, agency = "", agency or place
        letters = {"S": part["stamp"], "P" if place.isupper() else "p": place, "R": region, "D": when, "A": agency}
        shape = "".join(letter for letter, value in letters.items() if value) + part["mark"][:1].translate(_DASHES)
        return cls(place, region, f"{part['stamp']} {when}", agency, shape)

    def fits(self, shapes: tuple[Shape, ...], *, first: bool) -> bool:
        """Whether these parts make one of the shapes."""
        words = self.place.split()
        letters = sum(map(str.isalpha, self.place))
        if words and (words[0] in _NOT_NAMES or NOT_PLACES.intersection(words) or letters < 2):
            return False
        if self.shape[:1] == "P" and set("SDA").isdisjoint(self.shape) and letters < 3:
            return False  # "EU, Turkey - The deal"
        told = not set("PpSD").isdisjoint(self.shape)
        named = agency_named(self.agency) is not None if told else is_agency(self.agency)
        if (
            self.agency
            and not named
            and ("D" not in self.shape if self.agency[0].isalpha() else "P" not in self.shape and "D" not in self.shape)
        ):
            return False  # an unknown name is an agency after a day, or in brackets after a town
        shape = self.shape if shapes is OPENINGS else self.shape.rstrip("-.:")
        return any(_compiled(known.parts).fullmatch(shape) for known in shapes if first or not known.first)

    def dateline(self, end: int) -> Dateline:
        """The same in words of the reader's."""
        place = _spelt(self.place) + (f", {self.region}" if self.region else "") if self.place else None
        return Dateline(
            end, place, read_date(self.when), agency_named(self.agency) or self.agency.strip(" /()") or None
        )


_MARK = r"[-–—.:/)]\s+[^\s]"
_DASHES = str.maketrans("–—", "--")


@cache
def _grammar(*, whole: bool) -> re.Pattern[str]:
    """The dateline as one regular expression, for a whole line or for the head of a paragraph.

    Every repetition is bounded and its separators are no part of what is repeated, so matching is linear.
    """
    known = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
    wrapped = r"/[^/\n]{2,30}/(?:[A-Za-z-]{2,20}/)?|\([^()\n]{2,40}\)"
    bare = rf"(?:Corr(?:espondent)?\.?(?:\sof)?\s)?(?:(?i:{known})|{DOMAIN})(?![\w-])"
    tail = r"\s*(?P<mark>[-–—.:]{0,2})\s*" if whole else r"(?:\s*(?P<mark>[-–—]{1,2}|[.:])\s+|(?<=[/)])\s+)(?=[^\s])"
    return _compiled(
        rf"(?:(?:[Dd]ate\s)?(?P<stamp>{NUMERIC}(?:\s{TIME})?|{TIME})[\s,|]+)?"
        rf"(?:(?!(?i:{MONTH}\s?\d|{WEEKDAY}(?:,|$|\s\d|\s{MONTH})))(?P<place>{_CAPS}|{_NAMES})(?!\w|\.\w))?"
        rf"(?:,\s(?!(?i:{MONTH}|{WEEKDAY})(?:\s|$))(?P<region>{_NAMES}))?(?:\s\((?P<inner>[^()\n]{{2,40}})\))?"
        rf"(?:[.,]?\s?\b(?P<when>(?i:{WHEN})))?"
        rf"(?:[.,]?\s*(?P<agency>{wrapped}|(?:\b|(?<=[\s.,])){bare}|[A-Z][A-Z-]{{2,}}(?![\w-])))?"
        rf"{tail}"
    )


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


@cache
def _known_agencies() -> dict[str, str]:
    return {name.casefold(): name for name in AGENCIES}


def _month(word: str) -> int:
    return 1 + "janfebmaraprmayjunjulaugsepoctnovdec".index(word[:3].lower()) // 3


def _spelt(place: str) -> str:
    """A town without its shouting: "ST. PETERSBURG" is "St. Petersburg"."""
    if not place.isupper():
        return place
    words = re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), place)
    return re.sub(r"(?<=\w )(?:Of|The|And|De|Del|La)(?= )", lambda word: word.group().lower(), words)
