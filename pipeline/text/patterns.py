"""The forms furniture takes, as tables: a name, a regular expression, and examples that the tests hold it to.

To teach the splitter a new kind, add a row with its examples here, and to the tests lines of news that look like it
and must stay. How the tables are used is decided in ``furniture``.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.text.datelines import AGENCIES, DOMAIN, MONTH, NUMERIC, TIME, WEEKDAY, WHEN


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of furniture.

    Attributes:
        name: what it is.
        regex: matches the whole of it; letter case counts outside ``(?i:...)``.
        examples: lines it matches.
    """

    name: str
    regex: str
    examples: tuple[str, ...]


def _any(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


_NAME = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*\.?"
_PARTICLE = r"(?:de|del|da|di|van|von|der|den|bin|ibn|al|el|la|uulu|kyzy|ogly|oglu)"
_PERSON = rf"(?!(?:{WEEKDAY}|{MONTH})\s){_NAME}(?:\s(?:{_PARTICLE}\s)*{_NAME}){{1,4}}"
_PEOPLE = rf"{_PERSON}(?:(?:,|,?\s(?i:and)|\s&)\s{_PERSON}){{0,3}}"
_PLACES = rf"{_NAME}(?:,?\s(?:and\s)?{_NAME}){{0,4}}"
_KIND = _any(
    "own", "special", "staff", "chief", "senior", "political", "sports?", "athletics", "crime", "court", "foreign", "regional",
    "business", "economics?", "science", "data", "news", "night", "home", "diplomatic",
)  # fmt: skip
_POST = _any(
    "correspondents?",
    "staff",
    "writers?",
    "reporters?",
    "observer",
    "desk",
    "newsroom",
    "editorial board",
    "commentators?",
    "columnist",
    "analyst",
    "envoy",
    "press (?:office|service)",
    "photographers?",
)
_DESK = rf"(?i:(?:our |a |an |the )?(?:{_KIND} ){{0,2}}{_POST})"
_SITE = _any("news", "articles?", "stor(?:y|ies)", "materials?", "topics?", "page", "link", "version", "coverage")
_STEP = r"[^\W\d_](?:[^\d|>»/·•.!?]|(?:19|20)\d\d){1,30}"
_NETWORK = _any(
    "facebook",
    "twitter",
    "telegram",
    "whatsapp",
    "vkontakte",
    "vk",
    "odnoklassniki",
    "instagram",
    "youtube",
    "linkedin",
)

_SECTION = _any(
    "analysis", "opinion", "comment", "commentary", "feature", "interview", "explainer", "review", "sports?", "world", "culture",
    "economy", "business", "politics", "society", "incidents", "crime", "courts",
)  # fmt: skip
_NAVIGATION = _any(
    r"leave a (?:review|comment|reply)", r"(?:no )?comments?(?: \(?\d+\)?)?", r"letters to the editor",
    r"news ?(?:line|feed)", r"read (?:more|also|on|next)", r"see also", r"lire aussi", r"learn more", r"continue reading",
    rf"(?:latest|all|more|other|top|main|related|similar|hot) (?:{_SITE}|statistics|videos|photos)(?: (?:on|about) (?:this |the )?(?:subject|topic|region|theme))?",
    rf"(?:next|previous) (?:{_SITE}|interview|issue)", rf"(?:more|also) on (?:this|the) (?:{_SITE}|subject)", r"(?:photo|video) (?:gallery|report)",
    r"(?:print(?:able|er-friendly)?|mobile|full|text) version", r"send to (?:a )?friend",
    rf"(?:print|e-?mail|share|save|send|back to|add to) (?:this |the )?(?:{_SITE}|top|favou?rites|bookmarks|analysis|main|list)",
    r"print", r"share", r"save", r"subscribe", r"tags?", r"top", r"next", r"previous", r"archive", r"search", r"log ?in", r"register",
    r"to the (?:top|beginning)(?: of (?:the )?page)?", r"go back", r"most (?:read|viewed|popular)", r"(?:home|main)(?: page)?", r"site ?map", r"contacts?(?: us)?", r"about us",
    r"advertise(?:ment)?", r"privacy policy", r"terms of use", r"report (?:an? )?(?:error|mistake|typo)",
)  # fmt: skip
_INVITATION = _any(
    r"(?:follow|join|find|like) us (?:on|in|at)\b[^.!?]{2,80}",
    rf"(?:follow|join) [\w .-]{{2,30}} (?:on|in) (?:{_NETWORK}|social)\b.{{0,80}}",
    r"subscribe to (?:our|the)\b[^.!?]{2,50}", r"sign up (?:for|to) (?:our|the)\b[^.!?]{2,50}",
    r"share (?:this|on|via)\b[^.!?]{2,30}", r"(?:download|get) (?:our|the) app\b[^.!?]{0,30}",
    r"(?:get|receive) .{3,60} (?:in|to) your (?:inbox|e-?mail)", r"send us your [\w ]{2,30}",
)  # fmt: skip
_LABEL = _any(
    "tags?", "key ?words", "rubrics?", "section", "categor(?:y|ies)", "read (?:more|also)", "see also", "related(?: news)?", "next",
    "previous", "share", "original", "short link", "views", "hits", "comments", "url", "tel", "phone", "fax", "e-?mail",
    "(?:press |media )?contacts?", "(?:press |news )?release(?: no| number)?",
)  # fmt: skip
_WRITTEN = _any(
    "(?:additional )?reporting", "reported", "writing", "written", "editing", "edited", "compiled", "prepared", "interviewed",
    "recorded", "translated", "translation", "text", "photos?", "pictures?", "interview(?: conducted)?",
)  # fmt: skip
_NO_COPY = _any(
    r"(?:reproduction|republication|reprint(?:ing)?|(?:any |full or partial )?use of (?:the |our |this |these |any )?(?:site |agency |website )?"
    rf"(?:{_SITE}|contents?))\b.*\b(?:hyperlink|reference|permission|consent|prohibited|forbidden|obligatory|authori[sz]ed|source)\b.*",
    r"(?:when |while |in case of |on )?(?:quoting|using|reprinting|citing|copying)\b.*\b(?:hyperlink|obligatory|reference (?:to .* )?(?:is )?(?:required|mandatory))\b.*",
)  # fmt: skip

_ZONE = r"(?:UTC|GMT)(?:\s?[+-]\d\d?(?::?\d\d)?)?|BST|CES?T|EES?T|MSK|E[SD]T|C[SD]T|P[SD]T|IST|[ECMP]T|[AP]\.?M\b\.?|(?:\w+|local) time|hrs|hours|[0-2]\d[0-5]\d(?=\s?(?:GMT|UTC|hrs|hours))"
_SAID = r"(?:(?:last |first )?(?:published|updated|posted|modified|issued|released|added)|date(?: of publication)?|time|at|on)\b:?"
# Days, times and what is printed with them, and nothing else; each part is taken whole, so it cannot be cut two ways.
STAMP = (
    rf"(?i:(?>(?:\d{{4}}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?|{NUMERIC}|\d\d?[./-]\d\d?[./-]\d\d\b|{_ZONE}|{TIME}|{WEEKDAY}|{MONTH}|(?:19|20)\d\d\b|[0-3]?\d(?:st|nd|rd|th)?\b|\d\d\b|{_SAID})"
    r"[\s,.|()/–—-]*)++)"
)
MOMENT = rf"(?i:{NUMERIC}|\d{{4}}-\d\d-\d\dT|{WHEN}|(?:19|20)\d\d,?\s{MONTH}\s\d|\d[:h]\d\d|\d{{4}}\s?(?:GMT|UTC))"

# Whole lines, wherever they stand.
LINES = (
    Pattern(
        "byline",
        rf"(?i:by)\s(?:{_PEOPLE}|{_DESK}|(?i:our|a|the)(?:\s(?:and\s)?{_NAME}){{1,4}}\s(?i:staff|correspondent|reporter|desk))"
        rf"(?:,\s(?:{_PLACES}|{_DESK})|,?\s(?:in|from|for)\s{_PLACES}|\s[|/–—-]\s.{{2,40}}){{0,2}}",
        ("By Nino Example", "By our correspondent in Taraz", "By Sanne Vlietstra, data desk", "By our Sunday staff", "BY ANN LEE AND BO VAN DER BERG", "By Ann Lee in Kabul", "By Rustam Sharipov, political analyst, for Asia-Plus"),
    ),
    Pattern(
        "staff",
        rf"(?i:from )?(?:(?i:our|special|staff) {_DESK}|{_DESK}|(?i:our)\s{_NAME}\s(?i:correspondent|reporter))(?:,?\s(?:in|of|the|and|{_NAME}))*(?<![a-z]s)",
        ("Staff reporter", "Special correspondent", "Our own correspondent, Osh", "From Our Ramanathapuram Correspondent", "Correspondent of the Department of Information"),
    ),
    Pattern(
        "credit",
        rf"\(?(?i:{_WRITTEN} by:?|(?:text|author|photos?|pictures?|translation):)\s(?i:(?:the|our|a)\s)?(?:{_NAME}|{_DESK})"
        r"[^!?]{0,120}(?:(?<!\.)|\)|(?<=.{3}[a-z]\.)(?<!\.\.))",
        ("Reporting by Ann Lee; editing by Bo Berg", "Prepared by T. Kobalia, Division of Information", "Photo: Kabar", "(Reporting by Ann Lee in Osh)", "Interview conducted by A. Sydykova"),
    ),
    Pattern("name and agency", rf"{_PERSON},\s{_any(*AGENCIES)}", ("Nurlan Asanbekov, Kabar",)),
    Pattern("credit without by", rf"(?:Talked|Interviewed|Recorded|Prepared|Translated)\s(?:to\s|with\s)?{_PERSON}", ("Talked Galina Sauchanka",)),
    Pattern(
        "navigation",
        rf"(?i:{_NAVIGATION})",
        ("Leave a review", "News Line", "Read more", "Print", "Share", "Related news", "Comments (3)", "Print this page", "Back to top", "All news on the subject"),
    ),
    Pattern(
        "invitation",
        rf"(?i:{_INVITATION})",
        ("Follow us on social networks", "Subscribe to our newsletter", "Join us in Telegram!", "Get the weekly briefing in your inbox", "Follow Trend on Telegram. Only the main news"),
    ),
    Pattern("more from", rf"More (?:from|in|on|about)(?:\s{_NAME}){{1,3}}", ("More from Stage", "More in Science")),
    Pattern("label", rf"(?i:{_LABEL}:\s?.{{0,120}}(?<!\.))", ("Tags: heroin, customs", "Next: New rules for the registration of plays", "Views: 1204", "RELEASE NUMBER: 2006-171")),
    Pattern("source", rf"(?i:source):\s?(?:{DOMAIN}|{_NAME}(?:\s(?:of|and|the|for|{_NAME})){{0,6}})", ("Source: Kabar", "Source: Ministry of the Interior")),
    Pattern(
        "copyright",
        rf"(?:(?i:copyright)\s?)?©.*|(?i:copyright\s)?\((?i:c)\)\s?(?:19|20)\d\d\b.*|(?i:copyright\s\(c\)|copyright:)\s.*|(?i:copyright)\s(?:reserved|(?:{_NAME}\s?){{1,5}}(?<=\.)\s.{{3,80}})|(?i:copyright),?\s(?:{_NAME}\s|by\s|the\s){{0,7}}(?:19|20)\d\d\b.*",
        ("© 2024. When quoting, a hyperlink is obligatory", "(c) 1999. All rights reserved.", "Copyright 2018. All rights reserved.", "Copyright (c) Clerk of the Court", "Copyright reserved", "Copyright: Parliamentary Press Gallery", "Copyright Kurier Centralny. For private use only"),
    ),
    Pattern(
        "rights",
        r"(?i:.{0,120}\b(?:not subject to copyright|all rights (?:reserved|protected)|all rights (?:of|to) .{3,40} (?:reserved|protected|preserved)))(?:\s[-–—|]\s.{2,60})?",
        ("All rights reserved", "All rights of this site are preserved", "All rights reserved - Jordan News Agency"),
    ),
    Pattern("terms of use", rf"(?i:{_NO_COPY})", ("When using materials, a hyperlink to the site is obligatory", "Reproduction without written permission is prohibited")),
    Pattern(
        "closing mark",
        r"(?i:[-–—]{1,3}\s?(?:\d{1,3}[a-z]?|[a-z]{2,4}|the end)\s?[-–—]{1,3}|\.[a-z]{2}|\(?(?:the )?ends?\)?|\(?more follows\)?|\(?to be continued\)?)|\(?END\)?\s(?=.*[/\d])[A-Z0-9/ -]{2,30}",
        ("—0--", "-02D-", "-30-", ".cc", "ENDS", "(END) RVC/MHT", "END ERNET-SEC 98-11", "- ends -"),
    ),
    Pattern(
        "breadcrumb",
        rf"(?=.*\s[|/·•→>»–—-]\s)(?:{_STEP}(?:\s[|·•→]\s{_STEP})+|{_STEP}(?:\s/\s{_STEP}){{2,}}|[^\W\d_][^\d>»|.!?]{{1,60}}(?:\s[>»]\s{_STEP})+|(?:[^\W\d_]{{3,15}}\s[-–—]\s){{3,}}[^\W\d_]{{3,15}}(?:\s[^\W\d_]{{3,15}})?|(?i:home|main)\s[|>»/]\s.{{2,120}})",
        ("World | Europe | Tech", "Home > Press Room > Documents", "Main / Economy / Finance", "Accueil - National - Economie - Sports", "Back to list | Archive 2014", "Home - Councils - Documents - Arabic version", "Home | News | Advertising 263-00-00"),
    ),
    Pattern("sections", rf"(?i:{_SECTION}(?:\s{_SECTION}){{2,8}})", ("Politics Economy Society Sport",)),
    Pattern("buttons", rf"(?i:(?:(?:{_NETWORK}|e-?mail|print|share|tweet|like|send|copy link|rss|comment|save)[\s,|/·•]{{0,3}}){{2,}})", ("Facebook Twitter Telegram", "Share Tweet Print")),
    Pattern("release head", r"(?i:(?:for immediate release|(?:news|press|media) release)(?:\s?[-–—:|]{1,2}\s?.{2,60})?)", ("NEWS RELEASE -- U.S. ATTORNEY'S OFFICE", "For immediate release")),
    Pattern(
        "office",
        rf"(?:{_NAME}\s){{1,4}}(?i:press (?:service|cent(?:re|er)|office|release|agency)|news (?:agency|service|desk)|information service|newsroom|newswire)"
        rf"|(?:Press (?:and Information )?(?i:office|service|cent(?:re|er)|unit|department|division)|Information Service)(?:,?\s(?:of|the|for|and|on|\d+|{_NAME}))+",
        ("Fergana Press Service", "Kabul News Agency", "Press Office of the Electoral Court, Ituzaingó 1467"),
    ),
    Pattern("desk mark", r"/[^/]{2,80}/|\([A-Z][A-Z /-]{2,24}\)", ("/BTA - Sofia/", "/Economic Commentary Desk/", "(KPL)", "(NEWSLINE ASIA)")),
)  # fmt: skip

# Furniture only above or below the news; amid it they may be headings.
EDGES = (
    Pattern("one word in capitals", r"[^\W\d_a-zß-öø-ÿ]{2,}(?:[-./&][^\W\d_a-zß-öø-ÿ]+)*", ("EUROWIRE", "ERNET-SEC/ADV", "ASUNCIÓN")),
    Pattern("paper in capitals", r"[A-Z]{2,}\s(?:NEWS|PRESS|WIRE|DAILY|TIMES|POST|ONLINE)", ("BELTA NEWS",)),
    Pattern(
        "name and office",
        rf"(?:From\s)?{_PERSON},\s(?:(?:[\w-]+\s){{0,3}}(?:correspondent|reporter|writer|editor|columnist|observer|staff|desk|section|envoy)|[A-Z][A-Z-]{{2,}})",
        ("Kamran Jafarli, PPI", "Nino Example, special correspondent", "From Vladimír Kostka, economic section"),
    ),
    Pattern("holder", rf"\((?i:c)\)\s?{_NAME}[^;]{{2,80}}(?<![.;,:])", ("(c) Tunis Afrique Presse",)),
    Pattern("from a place", rf"From\s{_PERSON}(?:,|\sin)\s{_PLACES}", ("From Tariq Al-Awadi in Marib",)),
    Pattern("more from", r"More from the \w{3,12}(?: [a-z]{3,12})?", ("More from the courts", "More from the Americas")),
    Pattern("kicker", rf"(?i:{_SECTION})", ("Analysis",)),
    Pattern("office in brackets", rf"\({_NAME}(?:\s(?:and|of|the|[-–&]|{_NAME}),?){{0,6}}\)", ("(Judicial Service - Public Affairs)",)),
    Pattern("agency or section and stamp", rf"{_any(*AGENCIES)}[\s,|]+{STAMP}|{STAMP}(?<=\|\s).{{2,40}}", ("KUNA 16:12 11-09-98", "2016-11-27 18:05 | Local > Sports")),
    Pattern("desk code", r"[A-Z]{2,}(?:/[\w-]{1,12})+(?:\s[-–—]\s[\w/ –-]{2,20})?|.{3,40}\s[-–—]{1,2}\s?(?i:ends?|fin)[ –—-]*", ("CCC/CID/21 – ends", "RPO/KZ/Adalat/15 – DLN/SR", "CAUCASUS FEATURES SERVICE — ENDS")),
    Pattern("two steps", rf"{_STEP}\s/\s{_STEP}|(?i:{DOMAIN})(?:\s[|/–-]\s.{{2,40}})?", ("Day.Az / Sport", "CAUCASUS MONITOR / ANALYSIS", "Caucasus Press / Rostrum of a lawyer")),
    Pattern("agency and section", rf"(?:{_any(*AGENCIES)}-{_NAME}|{_any(*AGENCIES)}\s[-–—]\s{_NAME}(?:\s[a-z]{{3,12}}){{0,2}}|(?:IA|RIA|NA)\s[\"“«][\w-]+[\"”»]\.?(?:\s[A-Z]+)?)", ("BTA - Comments and analyses", "MTI-Local", 'IA "Kurgan-Inform". SPORT')),
    Pattern("place and day", rf"(?:{_NAME},?\s){{1,8}}(?:{WHEN}|{MONTH}\s(?:19|20)\d\d)|{TIME},\s{WHEN},\s{_PLACES}", ("Parliament Building, Tower Hill, Freetown, Thursday, 13th July", "12:07, 3 June 2015, Bishkek")),
    Pattern("wire code", r"[A-Z]{1,4}\d{2,6}(?:\s\d{4})?(?:\s(?:GMT|UTC))?|[A-Z][A-Za-z-]{1,9}(?:/[A-Za-z]{2,3}){1,2}(?:/\d+)?|[A-Z]{1,4}-\d{1,4}|[a-z]{2,4}(?:/[a-z]{2,4}){1,3}", ("EW0603 1719 GMT", "Kabar/cy", "APS/DZ/0618", "PL-31", "rgh/mfb")),
)  # fmt: skip

# Also there, but never the first line of all that is news, which may be a headline of names.
SIGNATURES = (
    Pattern("wire number", r"[A-Z][A-Z -]{1,20}(?:-\d{1,3})?[ -]{1,3}\d{4,6}\b[A-Z\d -]{0,20}", ("ICN INTERVIEW 141140 MAR 23", "BSS-21 2140")),
    Pattern("name", rf"{_NAME}\s(?:{_PARTICLE}\s)?{_NAME}(?:\s{_NAME})?", ("Nato Beridze", "Mehmet Kılıçoğlu")),
    Pattern("name and post", rf"[A-Z]\.\s{_NAME},\s{_NAME}(?:,?\s(?:for|of|and|the|{_NAME}))*", ("V. Cebotari, Senior Consultant, Centre for Penal Policy",)),
    Pattern("correspondent of", rf"Correspondent of .{{2,50}}\s{_NAME}", ('Correspondent of NIAT "Khovar" Sh. Rahimov',)),
    Pattern("name and paper", rf"(?:(?:[A-Z]\.\s?){{1,2}}{_NAME}|{_PERSON})(?:,\s(?:for|special to)\s.{{3,60}}(?<!\.))?", ("V. Turcanu", "V. Turcanu, for the bulletin", "Ann Lee, special to the Star")),
)  # fmt: skip

# The last word of a paragraph, after a blank or a sentence's end.
CLOSINGS = (
    Pattern("dashed number", r"[-–—]{1,3}\d{1,3}[A-Z]?[-–—]{1,3}", ("—0--", "-02D-", "-30-")),
    Pattern("carbon copy", r"\.cc", (".cc",)),
    Pattern("agency between strokes", r"/[A-Z][^/\n]{1,28}/", ("/TASS/", "/Interfax-Ural/")),
)
# The last word of a paragraph, after a sentence's end only.
AFTER_SENTENCE = (
    Pattern(
        "dashed letters", r"[-–—]{1,2}(?:(?i:ends?)|[A-Z]{2,4})[-–—]{1,2}|[A-Z]{2,4}-0-", ("-CM-", "CP-0-", "-ends-")
    ),
    Pattern(
        "agency",
        rf"(?:[-–—]{{1,2}}\s?)?(?i:{_any(*AGENCIES)})|\((?i:{_any(*AGENCIES)})\)",
        ("-- Trend", "(AFP)", "--IANS", "TASS"),
    ),
    Pattern("agencies", r"\([A-Z]{2,}/[A-Z]{2,}\)", ("(KPL/VNA)",)),
    Pattern("end", r"\((?i:ends?)\)|ENDS?", ("(ENDS)", "ENDS")),
    Pattern("initials", r"[A-Z][A-Za-z-]{1,9}(?:/[A-Za-z]{2,3}){1,2}(?:/\d+)?", ("PPI/rk", "K-I/sp", "RVC/MHT")),
    Pattern("two letters", r"\.[a-z]{2}", (".ga",)),
    Pattern("hash", r"#{1,3}", ("###",)),
)
