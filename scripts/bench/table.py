# SPDX-License-Identifier: Apache-2.0
"""Markdown tables, and their places in a document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

NOT_MEASURED = "–"


def markdown(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; all columns but the first are figures."""
    lines = ["| " + " | ".join(heading) + " |", "|---|" + "---:|" * (len(heading) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def milliseconds(value_s: float) -> str:
    return f"{value_s * 1e3:.1f}" if value_s < 0.1 else f"{value_s * 1e3:,.0f}"


def megabytes(value_bytes: float) -> str:
    return f"{value_bytes / 1e6:,.1f}" if value_bytes < 1e7 else f"{value_bytes / 1e6:,.0f}"


def ratio(value: float, baseline: float) -> str:
    return f"{value / baseline:.2f}" if value < 100 * baseline else f"{value / baseline:.0f}"


def place_in(document: Path, tables: dict[str, str]) -> None:
    """Puts each table between its marks, `<!-- bench: NAME -->` and `<!-- /bench -->`, if the document has them."""
    text = document.read_text(encoding="utf-8")
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- bench: {re.escape(name)} -->\n).*?(<!-- /bench -->)", re.DOTALL)
        text = pattern.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)
    document.write_text(text, encoding="utf-8")
