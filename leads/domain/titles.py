"""What a job title says: how senior the person is and which function they work in.

Words decide, longest and most senior first; a title that says nothing clear gives nothing. Covers
English, German, French and Spanish words that are hard to mistake.
"""

import re
from functools import lru_cache

from leads.domain.text import fold

SENIORITIES = ("OWNER", "EXECUTIVE", "VICE_PRESIDENT", "DIRECTOR", "MANAGER", "SPECIALIST", "ENTRY")
FUNCTIONS = (
    "SALES", "MARKETING", "FINANCE", "IT", "ENGINEERING", "OPERATIONS", "PURCHASING", "HR", "LEGAL",
    "SUPPORT", "PRODUCT", "GENERAL_MANAGEMENT",
)  # fmt: skip

_SENIORITY = (
    ("ENTRY", (r"intern|internship|trainee|apprentice|student|werkstudent\w*|praktikant\w*|"
              r"auszubildende\w*|stagiaire|becari[oa]|junior|working student")),
    # "Assistant to the CEO" and "Executive assistant" assist; who they assist says nothing of them.
    ("SPECIALIST", (r"assistant to .*|(?:executive|personal|management|office) assistant|"
                   r"assistent\w* de[rs] .*|secretary|sekretar\w*|"
                   r"(?:account|sales|marketing) executive")),
    ("VICE_PRESIDENT", r"vp|svp|evp|avp|vice president\w*|vicepresident\w*"),
    ("OWNER", (r"owner|co owner|founder|co founder|cofounder|inhaber\w*|grunder\w*|fondat\w+|"
              r"fundador\w*|propriet\w+|self employed|freelance\w*|proprietor")),
    ("EXECUTIVE", (r"c[efitompr]o|cmo|cro|cdo|ciso|cpo|chro|chief .*|president\w*|"
                  r"managing director|geschaftsfuhr\w*|vorstand\w*|pdg|board member|partner|"
                  r"general manager|director general|directeur general")),
    ("DIRECTOR", (r"director\w*|direktor\w*|direct(?:eur|rice)|head|head of .*|bereichsleit\w*|"
                 r"hauptabteilungsleit\w*")),
    ("MANAGER", (r"manager\w*|lead|leader|teamleit\w*|abteilungsleit\w*|leiter\w*|leitung|"
                r"responsable|gerente|jefe|supervisor|superintendent|principal")),
    ("SPECIALIST", (r"engineer\w*|developer\w*|analyst\w*|consultant\w*|specialist\w*|"
                   r"representative|rep|administrator\w*|architect\w*|designer\w*|technician\w*|"
                   r"accountant\w*|buyer|berater\w*|referent\w*|sachbearbeit\w*|entwickler\w*|"
                   r"ingenieur\w*|einkaufer\w*|coordinator|officer|associate|assistant|expert\w*|"
                   r"scientist|planner|controller")),
)  # fmt: skip
_FUNCTION = (
    ("HR", (r"hr|chro|human resources|people|talent|recruit\w+|personal(?:leit\w*|referent\w*)?|"
           r"rrhh|ressources humaines")),
    ("LEGAL", r"legal|counsel|lawyer|attorney|compliance|jurist\w*|rechts\w*|juridique"),
    ("PURCHASING", r"purchas\w+|procurement|buyer|sourcing|einkauf\w*|achats?|compras|supply chain"),
    ("FINANCE", (r"cfo|financ\w+|account(?:ant|ants|ing)|controll(?:er|ing)|treasur\w+|audit\w*|"
                r"buchhalt\w*|finanz\w*|comptab\w+")),
    ("MARKETING", r"cmo|marketing|brand|communications?|content|seo|growth|demand generation|pr"),
    ("PRODUCT", (r"cpo|product (?:manager|owner|director|lead|management|marketing)|"
                r"produktmanag\w*|head of product|product")),
    ("SUPPORT", r"support|customer (?:success|service|care)|help ?desk|kundendienst|kundenservice"),
    ("SALES", (r"cro|sales|account (?:executive|manager|director)|business development|bdr|sdr|"
              r"revenue|vertrieb\w*|verkauf\w*|ventas|vente|commercial")),
    ("IT", (r"it|cio|ciso|information (?:technology|security)|systems? admin\w*|infrastructure|"
           r"security|network|data (?:protection|base)|edv|informatique|sistemas")),
    ("ENGINEERING", (r"cto|engineer\w*|developer\w*|software|devops|r d|r and d|research|technology|"
                    r"technical|entwickl\w*|ingenieur\w*|technik\w*|technisch\w*")),
    ("OPERATIONS", (r"coo|operations?|logistics?|production|manufacturing|plant|facility|warehouse|"
                   r"quality|produktion\w*|logistik\w*|betriebsleit\w*|project manager")),
    ("GENERAL_MANAGEMENT", (r"ceo|owner|founder|co founder|cofounder|managing director|president|"
                           r"general manager|geschaftsfuhr\w*|inhaber\w*|pdg|director general|"
                           r"directeur general|chief executive\w*")),
)  # fmt: skip


@lru_cache(maxsize=4096)
def read_title(title: str) -> tuple[str, str]:
    """(seniority, function) of a job title; each empty when nothing clear is said."""
    text = fold(title)
    if not text:
        return "", ""
    return _first(_seniority(), text), _first(_functions(), text)


Words = tuple[tuple[str, re.Pattern[str]], ...]


def _first(words: Words, text: str) -> str:
    return next((name for name, pattern in words if pattern.search(text)), "")


@lru_cache(maxsize=1)
def _seniority() -> Words:
    return _compiled(_SENIORITY)


@lru_cache(maxsize=1)
def _functions() -> Words:
    return _compiled(_FUNCTION)


def _compiled(words: tuple[tuple[str, str], ...]) -> Words:
    return tuple((name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in words)
