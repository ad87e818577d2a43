#!/usr/bin/env python3
"""Fits the polynomials of Sources/CKernels/polynomials.h; needs mpmath.

    scripts/coefficients.py > Sources/CKernels/polynomials.h

Each polynomial interpolates in the Chebyshev nodes of its interval, which comes within a factor of about two of the
minimax error without iteration; the degree is chosen so that this error is far below the rounding errors of the
evaluation. The comment behind each shows the error relative to the whole function.
"""

from mpmath import mp, mpf, cos, sin, exp, log, tanh, atanh, erf, erfc, pi, sqrt, lu_solve, matrix

mp.dps = 60


def fit(function, low, high, degree):
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * degree + 2)) for i in range(degree + 1)]
    rows = matrix([[node**power for power in range(degree + 1)] for node in nodes])
    values = matrix([function(node) for node in nodes])
    return list(lu_solve(rows, values))


def worst(coefficients, function, rest, low, high):
    """The largest |polynomial - function| · |rest| over the interval; rest turns it into an error of the whole."""
    points = [low + (high - low) * mpf(i) / 200 for i in range(1, 200)]
    value = lambda x: sum(c * x**p for p, c in enumerate(coefficients))
    return max(abs((value(x) - function(x)) * rest(x)) for x in points)


def show(name, kind, text, coefficients, error):
    print(f"// {text}; relative error {mp.nstr(error, 2)}")
    print(f"static const {kind} {name}[{len(coefficients)}] = {{")
    for c in coefficients:
        digits, mark = (9, "f") if kind == "float" else (17, "")
        print(f"    {mp.nstr(c, digits, min_fixed=0, max_fixed=0)}{mark},")
    print("};\n")


def polynomial(name, kind, text, function, rest, low, high, degree):
    low, high = mpf(low), mpf(high)
    coefficients = fit(function, low, high, degree)
    show(name, kind, text, coefficients, worst(coefficients, function, rest, low, high))


print("// Polynomials for the elementary functions, lowest power first. Written by scripts/coefficients.py.\n")
print("#ifndef POLYNOMIALS_H\n#define POLYNOMIALS_H\n")

tiny = mpf(10) ** -30
half_ln2 = log(2) / 2 * mpf("1.001")
around = lambda x: x if abs(x) > mpf(10) ** -20 else mpf(10) ** -20

exp_tail = lambda r: (exp(around(r)) - 1 - around(r)) / around(r) ** 2
for name, kind, degree in [("EXP_FLOAT", "float", 5), ("EXP_DOUBLE", "double", 10)]:
    polynomial(name, kind, "exp(r) = 1 + r + r² P(r), |r| <= ln 2 / 2", exp_tail,
               lambda r: r**2 / exp(r), -half_ln2, half_ln2, degree)

# Sixteen pieces, in the order in which they are looked up: one power of all pieces side by side. The first piece begins
# with x itself, so that small numbers stay what they are.
width = mpf(19) / 32
slope = lambda a: (tanh(max(a, mpf(10) ** -15)) / max(a, mpf(10) ** -15) - 1) / max(a, mpf(10) ** -15)
pieces = [[mpf(0), mpf(1)] + fit(slope, mpf(0), width / 2, 5)]
pieces += [fit(lambda t: tanh(n * width + t), -width / 2, width / 2, 7) for n in range(1, 16)]
print("// tanh(n w + t) = P_n(t), w = 19/32, |t| <= w / 2: power i of piece n is [i][n]")
print("static const float TANH_PIECES[8][16] = {")
for power in range(8):
    row = [mp.nstr(piece[power], 9, min_fixed=0, max_fixed=0) + "f" for piece in pieces]
    print("    {" + ",\n     ".join(", ".join(row[start:start + 8]) for start in (0, 8)) + "},")
print("};\n")

s_max = (sqrt(2) - 1) / (sqrt(2) + 1) * mpf("1.001")
log_tail = lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z if z > tiny else mpf(2) / 3
polynomial("LOG_DOUBLE", "double", "log((1 + s) / (1 - s)) = 2 s + s³ P(s²), |s| <= (√2 - 1) / (√2 + 1)", log_tail,
           lambda z: z / 2, tiny, s_max**2, 7)

quarter = (pi / 4 * mpf("1.001")) ** 2
sin_tail = lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z if z > tiny else -mpf(1) / 6
cos_tail = lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2 if z > tiny else mpf(1) / 24
polynomial("SIN_DOUBLE", "double", "sin(r) = r + r³ P(r²), |r| <= π / 4", sin_tail,
           lambda z: z * sqrt(z) / sin(sqrt(z)), tiny, quarter, 6)
polynomial("COS_DOUBLE", "double", "cos(r) = 1 - r² / 2 + r⁴ P(r²), |r| <= π / 4", cos_tail,
           lambda z: z**2 / cos(sqrt(z)), tiny, quarter, 6)

erf_whole = lambda z: erf(sqrt(z)) / sqrt(z) if z > tiny else 2 / sqrt(pi)
polynomial("ERF_DOUBLE", "double", "erf(x) = x P(x²), |x| <= 1", erf_whole,
           lambda z: sqrt(z) / erf(sqrt(z)), tiny, 1, 12)
# t = (x - 2) / (x + 2) maps [1, 10] into [-1/3, 2/3] and tames the tail
erfc_x = lambda t: 2 * (1 + t) / (1 - t)
erfc_scaled = lambda t: exp(erfc_x(t) ** 2) * erfc(erfc_x(t)) * (1 + erfc_x(t))
polynomial("ERFC_DOUBLE", "double", "erfc(x) = exp(-x²) P(t) / (1 + x), t = (x - 2) / (x + 2), 1 <= x <= 10",
           erfc_scaled, lambda t: 1 / erfc_scaled(t), -mpf(1) / 3, mpf(2) / 3, 20)
print("#endif")
