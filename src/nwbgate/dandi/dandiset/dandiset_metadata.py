"""Metadata of a dandiset from its files and recipe, as dandischema wants them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: A DOI, as an address or after "doi:".
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,}/\S+)", re.IGNORECASE)
#: Words of the protocol of a committee for animals.
_COMMITTEE = re.compile(r"IACUC|IRB|ethic|animal|license|licence|permit|approv", re.IGNORECASE)
_CONTACT = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>@\s]+@[^<>@\s]+)>")


def described_dandiset(texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the fields of a dandiset set by its files or recipe.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Texts under the names of NWB: experimenter, institution, keywords, related_publications, protocol,
        experiment_description.

    Returns
    -------
    dict
        Fields of dandischema's Dandiset. An experimenter of NWB performed the experiment, which is a data collector
        here; a description is taken only where all files share it.
    """
    institutions, descriptions = texts.get("institution", ()), texts.get("experiment_description", ())
    fields = {
        "description": descriptions[0] if len(descriptions) == 1 else None,
        "contributor": [_person(name, institutions) for name in texts.get("experimenter", ())],
        "keywords": list(texts.get("keywords", ())),
        "relatedResource": [_resource(each) for each in texts.get("related_publications", ())],
        "protocol": [each for each in texts.get("protocol", ()) if each.startswith(("http://", "https://"))],
        "ethicsApproval": [_approval(each) for each in texts.get("protocol", ()) if _is_approval(each)],
    }
    return {name: value for name, value in fields.items() if value}


def with_contact(contributors: Sequence[Mapping[str, Any]], contact: str) -> list[dict[str, Any]]:
    """Return contributors of whom one is the contact person, added if not among them.

    Parameters
    ----------
    contributors : sequence of mapping
        In the form of dandischema.
    contact : str
        ``Last, First <address>``.

    Raises
    ------
    ValueError
        If it has another form.
    """
    match = _CONTACT.fullmatch(contact.strip())
    if match is None:
        raise ValueError(contact)
    name, added = match["name"], {"email": match["email"]}
    others = [dict(each) for each in contributors]
    person = next((each for each in others if each.get("name") == name), None)
    if person is None:
        person = {"schemaKey": "Person", "name": name, "roleName": []}
        others.append(person)
    person.update(added)
    person["roleName"] = [*dict.fromkeys([*person.get("roleName", []), "dcite:ContactPerson"])]
    return others


def citation_of(metadata: Mapping[str, Any], number: str, url: str, year: int) -> str:
    """Return the citation of a draft, in the form that the archive gives it."""
    people = [each["name"] for each in metadata.get("contributor", []) if each.get("includeInCitation", True)]
    names = "; ".join(people) or "Unknown contributors"
    return f"{names} ({year}) {metadata.get('name', number)} (Version draft) [Data set]. DANDI Archive. {url}"


def _person(name: str, institutions: Sequence[str]) -> dict[str, Any]:
    affiliation = [{"schemaKey": "Affiliation", "name": each} for each in institutions]
    person = {"schemaKey": "Person", "name": name, "roleName": ["dcite:DataCollector"], "includeInCitation": True}
    return {**person, **({"affiliation": affiliation} if len(affiliation) == 1 else {})}


def _resource(publication: str) -> dict[str, Any]:
    doi = _DOI.fullmatch(publication.strip())
    if doi is not None:
        place = {"identifier": f"doi:{doi[1]}", "url": f"https://doi.org/{doi[1]}"}
    elif publication.startswith(("http://", "https://")):
        place = {"url": publication}
    else:
        place = {"identifier": publication}
    return {"schemaKey": "Resource", **place, "relation": "dcite:IsDescribedBy"}


def _is_approval(protocol: str) -> bool:
    return not protocol.startswith(("http://", "https://")) and bool(_COMMITTEE.search(protocol))


def _approval(protocol: str) -> dict[str, Any]:
    return {"schemaKey": "EthicsApproval", "identifier": protocol}
