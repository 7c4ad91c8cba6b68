"""Small charts over one axis of time, as an SVG that any browser shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, ACROSS = 380, 130, 3
LEFT, TOP, RIGHT, BOTTOM = 8, 24, 8, 18
STYLE = "text{font:11px sans-serif;fill:#333}.name{font-weight:bold}.line{fill:none;stroke:#2563a8;stroke-width:1.5}"


def svg(title: str, series: Mapping[str, Sequence[tuple[float, float, str]]]) -> str:
    """A chart for each series: points by time in seconds with their value, and that in words. Each has a scale of its own that
    begins at nothing, so that a slope looks as steep as it is beside the whole."""
    rows = -(-len(series) // ACROSS)
    parts = [_chart(name, points, number) for number, (name, points) in enumerate(series.items())]
    width, height = ACROSS * WIDTH, rows * HEIGHT + TOP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    back = f'<rect width="{width}" height="{height}" fill="white"/><text class="name" x="{LEFT}" y="16">{escape(title)}</text>'
    return "\n".join([head, f"<style>{STYLE}</style>", back, *parts, "</svg>\n"])


def _chart(name: str, points: Sequence[tuple[float, float, str]], number: int) -> str:
    x0, y0 = number % ACROSS * WIDTH, number // ACROSS * HEIGHT + TOP
    inner, deep = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    until, most = max(points[-1][0], 1e-9), max(max(value for _, value, _ in points), 1e-9)
    drawn = " ".join(f"{LEFT + inner * at / until:.1f},{TOP + deep * (1 - value / most):.1f}" for at, value, _ in points)
    highest = max(points, key=lambda point: point[1])[2]
    base = TOP + deep
    return (
        f'<g transform="translate({x0},{y0})"><text class="name" x="{LEFT}" y="16">{escape(name)}</text>'
        f'<text x="{WIDTH - RIGHT}" y="16" text-anchor="end">up to {escape(highest)}</text>'
        f'<path d="M{LEFT} {base}H{WIDTH - RIGHT}" stroke="#bbb"/><polyline class="line" points="{drawn}"/>'
        f'<text x="{LEFT}" y="{base + 13}">0</text>'
        f'<text x="{WIDTH - RIGHT}" y="{base + 13}" text-anchor="end">{until / 60:.1f} min</text></g>'
    )
