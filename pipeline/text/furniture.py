"""Furniture: what stands around the news and is none. Bylines, time stamps, navigation, separators, closing marks.

Says of a line whether it is furniture, and where the news ends inside a paragraph. Where it begins there is a matter
of ``datelines``; which lines make a paragraph, of ``paragraphs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.text.datelines import DOMAIN, MONTH, NUMERIC, TIME, WEEKDAY, WHEN, agency_named, read_line

LONGEST = 200  # a longer line is news, whatever it says; only separators may be as long as they like


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of furniture.

    Attributes:
        name: what it is.
        regex: matches the whole of it.
        examples: a few that show it, divided by two blanks.
    """

    name: str
    regex: str
    examples: str


_NAME = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*\.?"
_PARTICLE = r"(?:de|del|da|di|van|von|der|den|bin|ibn|al|el|la|uulu|kyzy|ogly|oglu)"
_PERSON = rf"(?!(?:{WEEKDAY}|{MONTH})\s){_NAME}(?:\s(?:{_PARTICLE}\s)*{_NAME}){{1,4}}"
_PEOPLE = rf"{_PERSON}(?:(?:,|,?\sand|\s&)\s{_PERSON}){{0,3}}"
_PLACES = rf"{_NAME}(?:,?\s(?:and\s)?{_NAME}){{0,4}}"
_KIND = r"own|special|staff|chief|senior|political|sports?|athletics|crime|court|foreign|regional|business|economics?|science|data|news|night|home|diplomatic"
_DESK = rf"(?i:(?:our |a |an |the )?(?:(?:{_KIND}) ){{0,2}}(?:correspondents?|staff|writers?|reporters?|observer|desk|newsroom|editorial board))"
_SITE = r"news|articles?|stor(?:y|ies)|materials?|topics?|page|link|version"

_STEP = r"[^\W\d_](?:[^\d|>»/·•.!?]|(?:19|20)\d\d){1,30}"

# Whole lines, wherever they stand. Letter case counts outside (?i:...).
LINES = (
    Pattern("byline", rf"(?i:by)\s(?:{_PEOPLE}|{_DESK}|(?i:our|a|the)\s{_NAME}\s(?i:staff|correspondent|desk))(?:,\s(?:{_PLACES}|{_DESK})|,?\s(?:in|from|for)\s{_PLACES}|\s[|/–—-]\s.{{2,40}})?", "By Nino Example  By our correspondent in Taraz  By Sanne Vlietstra, data desk  By our Sunday staff  BY ANN LEE AND BO VAN DER BERG  By Ann Lee in Kabul"),
    Pattern("staff", rf"(?i:from )?(?:(?i:our|special|staff) {_DESK}|{_DESK}|(?i:our)\s{_NAME}\s(?i:correspondent))(?:,? (?:in )?{_PLACES})?(?<![a-z]s)", "Staff reporter  Special correspondent  Our own correspondent, Osh  From Our Ramanathapuram Correspondent"),
    Pattern("credit", rf"\(?(?i:(?:additional )?(?:reporting|reported|writing|written|editing|edited|compiled|prepared|interviewed|talked|recorded|translated|translation|text|author|photos?|pictures?|interview(?: conducted)?)(?: by:?|:))\s(?i:(?:the|our|a)\s)?(?:{_NAME}|{_DESK})[^!?]{{0,120}}(?:(?<!\.)|\)|(?<=.{{3}}[a-z]\.)(?<!\.\.))", "Reporting by Ann Lee; editing by Bo Berg  Prepared by T. Kobalia, Division of Information  Photo: Kabar  (Reporting by Ann Lee in Osh)"),
    Pattern("credit without by", rf"(?:Talked|Interviewed|Recorded|Prepared|Translated)\s(?:to\s|with\s)?{_PERSON}", "Talked Galina Sauchanka"),
    Pattern("navigation", rf"(?i:leave a (?:review|comment|reply)|news ?(?:line|feed)|(?:latest|all|more|other|top|main|related|similar|hot) (?:{_SITE}|statistics|videos|photos)(?: (?:on|about) (?:this |the )?(?:subject|topic|region|theme))?|(?:next|previous) (?:{_SITE})|(?:photo|video) (?:gallery|report)|send to (?:a )?friend|read (?:more|also|on|next)|see also|(?:more|also) on (?:this|the) (?:{_SITE}|subject)|learn more|continue reading|(?:(?:print(?:able|er-friendly)?|mobile|full|text) version|(?:print|e-?mail|share|save|send|back to|add to) (?:this |the )?(?:{_SITE}|friend|top|favou?rites|bookmarks|analysis|main|list))|print|share|save|(?:no )?comments?(?: \(?\d+\)?)?|to the (?:top|beginning of the page)|home(?: page)?|main(?: page)?|site ?map|contacts?(?: us)?|about us|advertise(?:ment)?|archive|search|log ?in|register|privacy policy|terms of use|all rights (?:reserved|protected)|letters to the editor|lire aussi|subscribe|tags?|top|next|previous|report (?:an? )?(?:error|mistake|typo))", "Leave a review  News Line  Read more  Print  Share  Related news  All rights reserved  Comments (3)  Print this page  Back to top"),
    Pattern("invitation", r"(?i:(?:follow|join|find|like) us (?:on|in|at)\b[^.!?]*|(?:follow|join) [\w .-]{2,30} (?:on|in) (?:telegram|twitter|facebook|instagram|youtube|whatsapp|vk|social)\b.{0,80}|subscribe to (?:our|the)\b[^.!?]{2,50}|sign up (?:for|to) (?:our|the)\b[^.!?]{2,50}|share (?:this|on|via)\b[^.!?]{2,30}|(?:download|get) (?:our|the) app\b[^.!?]{0,30}|(?:get|receive) .{3,60} (?:in|to) your (?:inbox|e-?mail)|send us your [\w ]{2,30})", "Follow us on social networks  Subscribe to our newsletter  Join us in Telegram!  Get the weekly briefing in your inbox  Follow Trend on Telegram. Only the main news"),
    Pattern("more from", rf"More (?:from|in|on|about)(?:\s{_NAME}){{1,3}}", "More from Stage  More in Science"),
    Pattern("label", r"(?i:(?:tags?|key ?words|rubrics?|section|categor(?:y|ies)|read (?:more|also)|see also|related(?: news)?|next|previous|share|original|short link|views|hits|comments|url|tel|phone|fax|e-?mail|(?:press |media )?contacts?|(?:press |news )?release(?: no| number)?):\s?.{0,120}(?<!\.))", "Tags: heroin, customs  Next: New rules for the registration of plays  Views: 1204"),
    Pattern("source", rf"(?i:source):\s?(?:{DOMAIN}|{_NAME}(?:\s(?:of|and|the|for|{_NAME})){{0,6}})", "Source: Kabar  Source: Ministry of the Interior"),
    Pattern("copyright", rf"(?:(?i:copyright)\s?)?©.*|(?i:copyright\s)?\((?i:c)\)\s?(?:(?:19|20)\d\d.*|{_NAME}[^;]{{2,80}}(?<![.;,:]))|(?i:copyright),?\s(?:{_NAME}\s|by\s|the\s){{0,7}}(?:19|20)\d\d\b.*|.{{0,120}}\b(?i:not subject to copyright|all rights (?:reserved|protected)|all rights (?:of|to) .{{3,40}} (?:reserved|protected|preserved))", "© 2024. When quoting, a hyperlink is obligatory  (c) Tunis Afrique Presse  Copyright 2018. All rights reserved.  © All rights reserved"),
    Pattern("terms of use", rf"(?i:(?:reproduction|republication|reprint(?:ing)?|quoting|copying|when (?:quoting|using|reprinting|citing)|(?:any |full or partial )?use of (?:the |our |this |these |any )?(?:site |agency |website )?(?:{_SITE}|contents?))\b.*\b(?:hyperlink|link|reference|permission|consent|prohibited|forbidden|agreement|obligatory|authori[sz]ed|allowed|source)\b.*)", "When using materials, a hyperlink to the site is obligatory  Reproduction without written permission is prohibited"),
    Pattern("closing mark", r"(?i:[-–—]{1,2}\s?(?:\d{1,3}[a-z]?|[a-z]{2,4}|the end)\s?[-–—]{1,2}|\.[a-z]{2}|\(?(?:the )?ends?\)?|\(?more follows\)?|\(?to be continued\)?)|\(?END\)?\s(?=.*[/\d])[A-Z0-9/ -]{2,30}", "—0--  -02D-  -30-  .cc  ENDS  (END) RVC/MHT  END ERNET-SEC 98-11  - ends -"),
    Pattern("breadcrumb", rf"{_STEP}(?:\s[|/·•→]\s{_STEP})+|[^\W\d_][^\d>»|.!?]{{1,60}}(?:\s[>»]\s{_STEP})+|(?:[^\W\d_]{{3,15}}\s[-–—]\s){{2,}}[^\W\d_]{{3,15}}", "World | Europe | Tech  Home > Press Room > Documents  CAUCASUS MONITOR / ANALYSIS  Accueil - National - Economie - Sports  Back to list | Archive 2014"),
    Pattern("buttons", r"(?i:(?:(?:facebook|twitter|telegram|whatsapp|vkontakte|vk|odnoklassniki|instagram|youtube|linkedin|e-?mail|print|share|tweet|like|send|copy link|rss|comment|save)[\s,|/·•]{0,3}){2,})", "Facebook Twitter Telegram  Share Tweet Print"),
    Pattern("release head", r"(?i:(?:for immediate release|(?:news|press|media) release)(?:\s?[-–—:|]{1,2}\s?.{2,60})?)", "NEWS RELEASE -- U.S. ATTORNEY'S OFFICE  For immediate release"),
    Pattern("office", rf"(?:{_NAME}\s){{1,4}}(?i:press (?:service|cent(?:re|er)|office|release|agency)|news (?:agency|service|desk)|information service|newsroom|newswire)|(?:Press (?:Office|Service|Cent(?:re|er))|Information Service)(?:,?\s(?:of|the|for|and|on|\d+|{_NAME}))+", "Fergana Press Service  Kabul News Agency  Press Office of the Electoral Court, Ituzaingó 1467"),
    Pattern("desk mark", r"/[^/]{2,40}/|\([A-Z][A-Z /-]{2,24}\)|[-–—]{1,2}\s?[A-Z]{2,5}|[A-Z][A-Za-z-]{1,9}(?:/[A-Za-z]{2,3}){1,2}(?:/\d+)?", "/BTA - Sofia/  /Economic Commentary Desk/  (KPL)  Kabar/cy  APS/DZ/0618"),
)  # fmt: skip
# Furniture only above or below the news; amid it they may be headings.
EDGES = (
    Pattern("one word in capitals", r"[^\W\d_a-zß-öø-ÿ]{2,}(?:[-./&][^\W\d_a-zß-öø-ÿ]+)*", "EUROWIRE  ERNET-SEC/ADV  ASUNCIÓN"),
    Pattern("paper in capitals", r"[A-Z]{2,}\s(?:NEWS|PRESS|WIRE|DAILY|TIMES|POST|ONLINE)", "BELTA NEWS"),
    Pattern("name and office", rf"(?:From\s)?{_PERSON},\s(?:(?:for|special to)\s.{{3,60}}|(?:[\w-]+\s){{0,3}}(?:correspondent|reporter|writer|editor|columnist|observer|staff|desk|section)|[A-Z][A-Z-]{{2,}})(?<!\.)", "Kamran Jafarli, APA  Nino Example, special correspondent  From Vladimír Kostka, economic section"),
    Pattern("initials", rf"(?:[A-Z]\.\s?){{1,2}}{_NAME}(?:,\s.{{2,60}})?", "V. Turcanu  V. Turcanu, for the bulletin"),
    Pattern("agency and section", r"[A-Z]{2,9}\s[-–—]\s[A-Z][a-z]+(?:\s[a-z]{3,12}){0,2}", "BTA - Comments and analyses"),
    Pattern("place and day", rf"(?:{_NAME},?\s){{1,8}}{WHEN}|{TIME},\s{WHEN},\s{_PLACES}", "Parliament Building, Tower Hill, Freetown, Thursday, 13th July  12:07, 3 June 2015, Bishkek"),
    Pattern("agency and section", r"(?:IA|RIA|NA)\s[\"“«][\w-]+[\"”»]\.?(?:\s[A-Z]+)?", 'IA "Kurgan-Inform". SPORT'),
    Pattern("wire code", r"[A-Z]{1,4}\d{2,6}(?:\s\d{4})?(?:\s(?:GMT|UTC))?", "EW0603 1719 GMT"),
)  # fmt: skip
# Also there, but never the first line of all that is news, which may be a headline of names.
SIGNATURES = (Pattern("name", rf"{_NAME}\s(?:{_PARTICLE}\s)?{_NAME}(?:\s{_NAME})?", "Nato Beridze  Mehmet Kılıçoğlu"),)
# The last word of a paragraph, after a blank or a sentence's end.
CLOSINGS = (
    Pattern("dashed number", r"[-–—]{1,2}\d{1,3}[A-Z]?[-–—]{1,2}", "—0--  -02D-  -30-"),
    Pattern("carbon copy", r"\.cc", ".cc"),
    Pattern("agency between strokes", r"/[A-Z][^/\n]{1,28}/", "/TASS/  /Interfax-Ural/"),
)
# The last word of a paragraph, after a sentence's end only.
AFTER_SENTENCE = (
    Pattern("dashed letters", r"[-–—]{1,2}(?:(?i:ends?)|[A-Z]{2,4})[-–—]{1,2}|[A-Z]{2,4}-0-", "-CM-  CP-0-  -ends-"),
    Pattern("two letters", r"\.[a-z]{2}", ".ga"),
    Pattern("end", r"\((?i:ends?)\)|ENDS?", "(ENDS)  ENDS"),
    Pattern("initials", r"[A-Z][A-Za-z-]{1,9}(?:/[A-Za-z]{2,3}){1,2}(?:/\d+)?", "PPI/rk  K-I/sp  RVC/MHT"),
    Pattern("agencies", r"\([A-Z]{2,}/[A-Z]{2,}\)", "(KPL/VNA)"),
    Pattern("hash", r"#{1,3}", "###"),
)

_ZONE = r"(?:UTC|GMT)(?:\s?[+-]\d\d?(?::?\d\d)?)?|BST|CES?T|EES?T|MSK|E[SD]T|C[SD]T|P[SD]T|IST|[AP]\.?M\b\.?|(?:\w+|local) time|hrs|hours"
_SAID = r"(?:(?:last |first )?(?:published|updated|posted|modified|issued|released|added)|date(?: of publication)?|time|at|on)\b:?"
_STAMP = rf"(?i:(?>(?:{NUMERIC}(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|{TIME}|{WEEKDAY}|{MONTH}|(?:19|20)\d\d\b|[0-3]?\d(?:st|nd|rd|th)?\b|{_SAID}|{_ZONE})[\s,.|()/–—-]*)++)"
_MOMENT = rf"(?i:{NUMERIC}|{WHEN}|(?:19|20)\d\d,?\s{MONTH}\s\d|\d[:h]\d\d)"


def is_furniture(line: str, *, edge: bool = False, signed: bool = False) -> bool:
    """Whether a line, its outer blanks gone, is furniture as a whole.

    Args:
        line: one line, or the lines of one block joined by blanks.
        edge: it stands above or below all of the news, where more may be told for furniture.
        signed: it also has a line of news before it, so that a bare name is a byline.

    >>> [is_furniture(line) for line in ("By Nino Example", "15:00", "* * *", "By Monday the water had fallen")]
    [True, True, True, False]
    """
    if not _compiled(r"[^\W_]").search(line):
        return True
    if len(line) > LONGEST:
        return False
    if is_time_stamp(line) or read_line(line, first=edge) is not None:
        return True
    bare = line.rstrip(" !…:>»→|" + "." * (len(line) <= 60))
    tables = LINES + EDGES * edge + SIGNATURES * (edge and signed)
    return any(_compiled(known.regex).fullmatch(form) for known in tables for form in {line, bare})


def is_time_stamp(line: str) -> bool:
    """Whether a line is a day, a time, or both, with nothing besides.

    >>> is_time_stamp("21 November 2018 14:20 (UTC+04:00)"), is_time_stamp("15:00 is the time of the match"), is_time_stamp("2016")
    (True, False, False)
    """
    return bool(_compiled(_STAMP).fullmatch(line) and _compiled(_MOMENT).search(line))


def news_end(text: str) -> int:
    """Where the news ends in a paragraph: before a closing mark, which stands after a sentence's end.

    >>> text = "The men were held. (KPL/VNA) —0--"
    >>> text[: news_end(text)]
    'The men were held.'
    """
    end = len(text.rstrip())
    for _ in range(3):
        start = max(0, end - 60)
        match = _compiled(_CLOSING).search(text[start:end])
        if match is None or not _is_closing(match.group("mark"), after=match.group("stop")):
            break
        end = start + match.start("mark")
        end = len(text[:end].rstrip())
    return end


def _is_closing(mark: str, *, after: str) -> bool:
    """Whether the last word of a paragraph closes it; most marks do only where a sentence has ended."""
    bare = mark.rstrip(".") or mark
    known = CLOSINGS + AFTER_SENTENCE * bool(after)
    return any(_compiled(one.regex).fullmatch(bare) for one in known) or bool(after and agency_named(mark))


# A sentence's end or a blank, then something that might be a mark, then the end.
_CLOSING = r"(?:(?P<stop>[.!?…\"”’'»)\]])\s*|\s)(?P<mark>/[A-Z][^/\n]{1,28}/\.?|\([A-Z][\w./ -]{1,28}\)|[-–—]{1,2}\s?[\w./-]{2,20}|[^\s]{1,12})$"


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
