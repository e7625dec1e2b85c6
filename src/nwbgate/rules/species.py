"""Names of species that neuroscience laboratories keep, and what a similar name means."""

from difflib import get_close_matches
from functools import cache

#: Genus, and its species in recordings of the DANDI archive and other public ones.
_SPECIES = {
    "Mus": ("musculus", "spretus", "caroli", "pahari"),
    "Rattus": ("norvegicus", "rattus"),
    "Homo": ("sapiens",),
    "Macaca": ("mulatta", "fascicularis", "nemestrina", "fuscata", "radiata", "arctoides"),
    "Callithrix": ("jacchus", "penicillata"),
    "Danio": ("rerio",),
    "Drosophila": (
        "melanogaster", "simulans", "suzukii", "virilis", "santomea", "yakuba", "sechellia", "mauritiana", "erecta",
        "ananassae", "pseudoobscura",
    ),
    "Caenorhabditis": ("elegans", "briggsae", "remanei", "brenneri"),
    "Xenopus": ("laevis", "tropicalis", "borealis"),
    "Taeniopygia": ("guttata", "castanotis"),
    "Mustela": ("putorius", "furo"),
    "Felis": ("catus", "silvestris"),
    "Meriones": ("unguiculatus",),
    "Mesocricetus": ("auratus",),
}  # fmt: skip
#: Likeness of two names, 0 to 1, from which one is the other misspelt.
_ALIKE = 0.84


@cache
def _names() -> tuple[str, ...]:
    return tuple(f"{genus} {species}" for genus, kinds in _SPECIES.items() for species in kinds)


@cache
def meant_species(name: str) -> str:
    """Return the species probably meant by an unknown name, or the empty text.

    Parameters
    ----------
    name : str
        Two words in Latin, with those of a subspecies; of anything else nothing is said.

    Returns
    -------
    str
        One name, or the species of the genus that laboratories keep.
    """
    words = name.split()
    if len(words) < 2 or " ".join(words[:2]) in _names():
        return ""
    exchanged = f"{words[1].capitalize()} {words[0].lower()}"
    if exchanged in _names():
        return exchanged
    alike = get_close_matches(" ".join(words[:2]), _names(), 1, _ALIKE)
    if alike:
        return alike[0]
    kinds = _SPECIES.get(words[0], ()) if words[1] not in ("sp.", "sp", "spp.") else ()
    return " or ".join(f"{words[0]} {species}" for species in kinds)
