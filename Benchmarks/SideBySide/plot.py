"""Panels of lines on logarithmic axes, as SVG. No dependencies; readable on white and on black."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 300  # of a panel's field
LEFT, TOP, GAP, BELOW = 70, 60, 40, 80
# Okabe and Ito's colours, which all can tell apart; the marks tell them apart without
STYLES = {"clipscope": ("#0072B2", "circle"), "torch": ("#D55E00", "square"), "JAX": ("#009E73", "triangle")}


@dataclass(frozen=True)
class Line:
    title: str
    points: list[tuple[float, float]]
    """x, and µs."""


@dataclass(frozen=True)
class Panel:
    title: str
    axis: str
    lines: list[Line]


def draw(panels: list[Panel]) -> str:
    values = [y for panel in panels for line in panel.lines for _, y in line.points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    width = LEFT + len(panels) * (WIDTH + GAP)
    height = TOP + HEIGHT + BELOW
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'font-family="sans-serif" font-size="13">',
             "<title>The time of a training step of an RNN, by hidden size, length and batch</title>",
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for place, panel in enumerate(panels):
        parts += field(panel, LEFT + place * (WIDTH + GAP), low, high, has_labels=place == 0)
    parts += legend(panels[0], height - 14)
    return "\n".join(parts + ["</svg>"]) + "\n"


def field(panel: Panel, left: float, low: int, high: int, has_labels: bool) -> list[str]:
    xs = sorted({x for line in panel.lines for x, _ in line.points})
    first, last = math.log(xs[0]), math.log(xs[-1])

    def across(x: float) -> float:
        return left + 12 + (WIDTH - 24) * (math.log(x) - first) / (last - first)

    def down(y: float) -> float:
        return TOP + HEIGHT * (high - math.log10(y)) / (high - low)

    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{panel.title}</text>',
             f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888"/>']
    for decade in range(low, high + 1):
        y = down(10.0 ** decade)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#ddd"/>')
        if has_labels:
            parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{time(10.0 ** decade)}</text>')
    for x in xs:
        parts.append(f'<line x1="{across(x):.1f}" y1="{TOP + HEIGHT}" x2="{across(x):.1f}" y2="{TOP + HEIGHT + 5}" stroke="#888"/>')
        parts.append(f'<text x="{across(x):.1f}" y="{TOP + HEIGHT + 20}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 38}" text-anchor="middle">{panel.axis}</text>')
    for line in panel.lines:
        colour, mark = STYLES[line.title]
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [symbol(mark, across(x), down(y), colour, f"{line.title}, {panel.axis} {x:g}: {time(y)}") for x, y in line.points]
    return parts


def legend(panel: Panel, y: float) -> list[str]:
    parts, x = ['<text x="8" y="24" fill="#444">time of a step, one core</text>'], float(LEFT)
    for line in panel.lines:
        colour, mark = STYLES[line.title]
        parts += [symbol(mark, x, y - 4, colour, line.title), f'<text x="{x + 10}" y="{y}">{line.title}</text>']
        x += 110
    return parts


def symbol(mark: str, x: float, y: float, colour: str, title: str) -> str:
    shapes = {"circle": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"',
              "square": f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
              "triangle": f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"'}
    return f'{shapes[mark]} fill="{colour}"><title>{title}</title></{shapes[mark][1:].split(" ", 1)[0]}>'


def time(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3), ("µs", 1.0)):
        if microseconds >= size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds * 1e3:.3g} ns"
