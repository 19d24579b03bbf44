"""Ideas: numbered titles, the text, the reasons folded away."""

from collections.abc import Collection, Sequence

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.model_text import has_table, model_line, model_text, rich_markdown
from handlers.views.sources import source_marks
from services.domain.idea import Idea
from services.domain.knowledge import Citation


def write_ideas(
    composer: Composer, ideas: Sequence[Idea], citations: Sequence[Citation], allowed: Collection[str], texts: Texts
) -> None:
    for number, idea in enumerate(ideas, start=1):
        composer.gap()
        title = Composer().write(f"{number}. ").add(model_line(idea.title, allowed)).build()
        composer.add(title, Style.BOLD)
        if idea.text.strip():
            composer.write("\n").add(model_text(idea.text, allowed)).write(source_marks(idea.sources, citations))
        if idea.why.strip():
            why = Composer().write(texts("card.why")).write(" ").add(model_text(idea.why, allowed)).build()
            composer.write("\n").add(why, Style.COLLAPSED_QUOTE)


def rich_ideas(ideas: Sequence[Idea], citations: Sequence[Citation], texts: Texts) -> list[str]:
    blocks = []
    for number, idea in enumerate(ideas, start=1):
        blocks.append(f"### {number}\\. {rich_markdown(' '.join(idea.title.split())).rstrip()}")
        blocks.append(rich_markdown(idea.text.strip()) + rich_markdown(source_marks(idea.sources, citations)))
        if idea.why.strip():
            summary = texts("card.why")
            blocks.append(f"<details><summary>{summary}</summary>\n\n{rich_markdown(idea.why.strip())}\n\n</details>")
    return blocks


def any_table(ideas: Sequence[Idea]) -> bool:
    return any(has_table(idea.text) or has_table(idea.why) for idea in ideas)
