"""A project's labelling configuration compared with the one that a corpus's scheme asks for."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.server.project import Project
from hashiya.corpus.exchange.labelstudio.sync.plan import Mode
from hashiya.schema.errors import Problem, ServerError
from hashiya.schema.scheme import LabelScheme


def config_notes(project: Project, scheme: LabelScheme, mode: Mode) -> Iterator[Problem]:
    """Yield how a project's configuration differs from the scheme's.

    `ServerError` where it is no XML, or lacks what a push would fill.
    """
    ours = config(scheme)
    try:
        theirs = ET.fromstring(project.label_config or "<View/>")  # noqa: S314 - expat here reads no entities
    except ET.ParseError as error:
        raise ServerError(f"{project.url}: its labelling configuration is no XML: {error}") from None
    named = {element.get("name") for element in theirs.iter()}
    wanted = [element.get("name") for element in ET.fromstring(ours).iter()]  # noqa: S314 - our own
    missing = [name for name in wanted if name and name not in named]
    way = "`hashiya labelstudio config` prints the one to put there (Settings, Labeling Interface)"
    if missing and mode != "pull":
        raise ServerError(
            f"{project.url}: its labelling configuration is not that of this corpus: it lacks "
            f"{', '.join(missing)}; {way}"
        )
    if missing or _canonical(ours) != _canonical(project.label_config):
        yield Problem(
            project.url, f"its labelling configuration is another one than this corpus's; {way}", False
        )


def _canonical(xml: str) -> str:
    return ET.canonicalize(xml, strip_text=True) if xml.strip() else ""
