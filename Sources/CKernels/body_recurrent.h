// One time step of the gated cells: everything but the products, for `rows` sequences of `hidden` units. All times stand
// one below the other, this one from row `first` on; before the first one there is `initial`. Gradients by the gates stand
// in a matrix of their own, from row `first_gradient` on. Gates stand side by side in each row, as blocks of `hidden`
// columns, in PyTorch's order.

#define FOR_EACH_ROW(rows, hidden, ...) \
  for (size_t row = 0; row < (rows); row++) FOR_EACH_PART(hidden, __VA_ARGS__)

// gates: in, the sums of both projections; out, i, f, g, o. c = f c' + i g, bounded = tanh(c), h = o bounded.
static void lstm_forward(size_t first, size_t rows, size_t hidden, float *gates, const float *initial, float *memory,
                         float *bounded, float *state) {
  const float *memory_before = first == 0 ? initial : memory + (first - rows) * hidden;
  gates += first * 4 * hidden, memory += first * hidden, bounded += first * hidden, state += first * hidden;
  FOR_EACH_ROW(rows, hidden, {
    float *gate = gates + row * 4 * hidden + i;
    size_t unit = row * hidden + i;
    floats input = sigmoid_floats(read(gate, width));
    floats forget = sigmoid_floats(read(gate + hidden, width));
    floats candidate = tanh_floats(read(gate + 2 * hidden, width));
    floats output = sigmoid_floats(read(gate + 3 * hidden, width));
    floats cell = FMA(forget, read(memory_before + unit, width), input * candidate);
    floats squashed = tanh_floats(cell);
    write(gate, input, width);
    write(gate + hidden, forget, width);
    write(gate + 2 * hidden, candidate, width);
    write(gate + 3 * hidden, output, width);
    write(memory + unit, cell, width);
    write(bounded + unit, squashed, width);
    write(state + unit, output * squashed, width);
  })
}

// From dL/dh and, in `carried`, dL/dc by later steps: the gradient by the sums of the gates, and in `carried` dL/dc'.
static void lstm_backward(size_t first, size_t rows, size_t hidden, size_t first_gradient, const float *state_gradient,
                          const float *gates, const float *initial, const float *memory, const float *bounded,
                          float *carried, float *gate_gradients) {
  const float *memory_before = first == 0 ? initial : memory + (first - rows) * hidden;
  gates += first * 4 * hidden, bounded += first * hidden, gate_gradients += first_gradient * 4 * hidden;
  FOR_EACH_ROW(rows, hidden, {
    const float *gate = gates + row * 4 * hidden + i;
    float *out = gate_gradients + row * 4 * hidden + i;
    size_t unit = row * hidden + i;
    floats input = read(gate, width);
    floats forget = read(gate + hidden, width);
    floats candidate = read(gate + 2 * hidden, width);
    floats output = read(gate + 3 * hidden, width);
    floats squashed = read(bounded + unit, width);
    floats dh = read(state_gradient + unit, width);
    floats dc = read(carried + unit, width) + (dh * output) * (1.0f - squashed * squashed);
    write(out, without_tiny(dc * candidate * (1.0f - input) * input), width);
    write(out + hidden, without_tiny(dc * read(memory_before + unit, width) * (1.0f - forget) * forget), width);
    write(out + 2 * hidden, without_tiny(dc * input * (1.0f - candidate * candidate)), width);
    write(out + 3 * hidden, without_tiny(dh * squashed * (1.0f - output) * output), width);
    write(carried + unit, without_tiny(dc * forget), width);
  })
}

// gates: in, the projection of the input; out, r, z, n. h = (h' - n) z + n with n = tanh(a_n + r b_n).
static void gru_forward(size_t first, size_t rows, size_t hidden, float *gates, const float *from_hidden,
                        const float *initial, float *state) {
  const float *state_before = first == 0 ? initial : state + (first - rows) * hidden;
  gates += first * 3 * hidden, from_hidden += first * 3 * hidden, state += first * hidden;
  FOR_EACH_ROW(rows, hidden, {
    float *gate = gates + row * 3 * hidden + i;
    const float *b = from_hidden + row * 3 * hidden + i;
    size_t unit = row * hidden + i;
    floats reset = sigmoid_floats(read(gate, width) + read(b, width));
    floats update = sigmoid_floats(read(gate + hidden, width) + read(b + hidden, width));
    floats new = tanh_floats(FMA(reset, read(b + 2 * hidden, width), read(gate + 2 * hidden, width)));
    write(gate, reset, width);
    write(gate + hidden, update, width);
    write(gate + 2 * hidden, new, width);
    write(state + unit, FMA(read(state_before + unit, width) - new, update, new), width);
  })
}

// From dL/dh: the gradients by the two projections, which differ in the block of n, and `direct`, the part of dL/dh'
// that does not pass through the weights.
static void gru_backward(size_t first, size_t rows, size_t hidden, size_t first_gradient, const float *state_gradient,
                         const float *gates, const float *from_hidden, const float *initial, const float *state,
                         float *direct, float *by_input, float *by_hidden) {
  const float *state_before = first == 0 ? initial : state + (first - rows) * hidden;
  gates += first * 3 * hidden, from_hidden += first * 3 * hidden;
  by_input += first_gradient * 3 * hidden, by_hidden += first_gradient * 3 * hidden;
  FOR_EACH_ROW(rows, hidden, {
    const float *gate = gates + row * 3 * hidden + i;
    size_t wide = row * 3 * hidden + i, unit = row * hidden + i;
    floats reset = read(gate, width);
    floats update = read(gate + hidden, width);
    floats new = read(gate + 2 * hidden, width);
    floats dh = read(state_gradient + unit, width);
    floats passed = dh * update;
    floats dn = without_tiny((dh - passed) * (1.0f - new * new));
    floats dz = without_tiny((read(state_before + unit, width) - new) * dh * (1.0f - update) * update);
    floats dr = without_tiny(dn * read(from_hidden + wide + 2 * hidden, width) * (1.0f - reset) * reset);
    write(by_input + wide, dr, width);
    write(by_input + wide + hidden, dz, width);
    write(by_input + wide + 2 * hidden, dn, width);
    write(by_hidden + wide, dr, width);
    write(by_hidden + wide + hidden, dz, width);
    write(by_hidden + wide + 2 * hidden, without_tiny(dn * reset), width);
    write(direct + unit, without_tiny(passed), width);
  })
}
