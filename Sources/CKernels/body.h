// The kernels for one instruction set. The including file defines KERNELS_NAME, KERNELS (the table's identifier),
// HARDWARE_FMA, VECTOR_LANES and VECTORS, and pushes the target attribute.

#include "include/CKernels.h"
#include "polynomials.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#include "body_vector.h"
#include "body_functions.h"
#include "body_product.h"
#include "body_elementwise.h"
#include "body_picture.h"
#include "body_recurrent.h"
#include "body_reduction.h"
#include "body_optimizer.h"
#include "body_normal.h"
#include "body_half.h"

const struct ck_kernels KERNELS = {
    .name = KERNELS_NAME,
    .product = product,
    .pack = pack,
    .frame = frame,
    .unframe = unframe,
    .convolve = convolve,
    .rotate_weights = rotate_weights,
    .convolution_weight_gradient = convolution_weight_gradient,
    .pool = pool,
    .spread = spread,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .gru_forward = gru_forward,
    .gru_backward = gru_backward,
    .sgd = sgd,
    .adam = adam,
    .rmsprop = rmsprop,
    .apply = apply,
    .gradient = gradient,
    .cell_gradient = cell_gradient,
    .add = add,
    .scale = scale,
    .affine = affine,
    .add_rows = add_rows,
    .repeat_row = repeat_row,
    .transpose = transpose,
    .sum = sum,
    .sum_of_magnitudes = sum_of_magnitudes,
    .sum_of_squares = sum_of_squares,
    .scale_and_sum_squares = scale_and_sum_squares,
    .squared_error = squared_error,
    .sum_of_powers = sum_of_powers,
    .largest_magnitude = largest_magnitude,
    .smallest_magnitude = smallest_magnitude,
    .count_magnitudes_above = count_magnitudes_above,
    .count_zeros = count_zeros,
    .count_nonfinite = count_nonfinite,
    .normal = normal,
    .widen_float16 = widen_float16,
    .widen_bfloat16 = widen_bfloat16,
    .round_to_float16 = round_to_float16,
    .round_to_bfloat16 = round_to_bfloat16,
};
