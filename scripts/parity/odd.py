"""Scenarios that change whatever can be changed while it runs, or that lie at the edge of what is allowed: for `scripts/parity/exports`."""

ODD = {
    "odd-type-half": "task sine rows=64 batch=8; model mlp hidden=8x2; clip norm max_norm=3 norm_type=0.5; step 10",
    "odd-type-large": "task sine rows=64 batch=8; model mlp hidden=8x2; clip norm max_norm=0.2 norm_type=7; step 6; norm_type next; "
    "step 2; norm_type next; step 2; norm_type next; step 2",
    "odd-type-l1-down": "task regression rows=64 batch=8; model simplenet; clip norm norm_type=1 max_norm=10; step 3; max_norm down; "
    "step 2; max_norm down; step 2; max_norm up; step 2; max_norm 1e-6; step 2; max_norm 1e9; step 2",
    "odd-nonfinite": "task regression rows=64 batch=8 scale=10; model simplenet; optimizer sgd lr=1; clip off; step 30",
    "odd-nonfinite-norm": "task regression rows=64 batch=8 scale=1e12; model simplenet; optimizer sgd lr=1; clip norm; step 6; "
    "outlier scale=1e30; step 4",
    "odd-nonfinite-value": "task regression rows=64 batch=8; model simplenet; clip value clip_value=0.5; step 2; outlier nan; step 4",
    "odd-nonfinite-value-inf": "task regression rows=64 batch=8; model simplenet; clip value clip_value=0.5; step 2; outlier scale=1e38; "
    "step 4",
    "odd-nonfinite-agc": "task regression rows=64 batch=8; model simplenet; clip agc clipping=0.1; step 2; outlier scale=1e38; step 4",
    "odd-nonfinite-pp": "task regression rows=64 batch=8; model simplenet; clip per-parameter; step 2; outlier scale=1e38; step 4",
    "odd-nonfinite-autoclip": "task regression rows=64 batch=8; model simplenet; clip autoclip percentile=0; step 2; outlier scale=1e38; "
    "step 4",
    "odd-nonfinite-zclip": "task regression rows=64 batch=8; model simplenet; clip zclip warmup=2; step 4; outlier scale=1e38; step 4",
    "odd-skip-acc": "task adding length=6 batch=4; model lstm hidden=5 layers=2; clip skip max_norm=0.3; accumulate 3; "
    "optimizer adamw lr=0.01; step 4; outlier scale=50; step 3; max_norm up; step 2; accumulate 1; step 2",
    "odd-zclip-acc": "task adding length=6 batch=4; model gru hidden=5 layers=2 update=2; init orthogonal=1.1; "
    "clip zclip warmup=1 threshold=0.1 alpha=0.5; accumulate 2; step 4; outlier scale=50; step 3; clip off; "
    "step 2; clip on; step 4",
    "odd-warmup1": "task sine rows=64 batch=8; model mlp hidden=8x2; clip zclip warmup=1 threshold=0.001; step 12",
    "odd-autoclip100": "task sine rows=64 batch=8; model mlp hidden=8x2; clip autoclip percentile=100; step 6; "
    "clip autoclip percentile=33.3; step 12",
    "odd-off-on": "task xor; model mlp hidden=5,4 activation=gelu; clip norm max_norm=0.01 norm_type=inf; step 2; clip off; "
    "step 2; clip on; step 2; clip off; lr 0.5; step 2; clip on; max_norm 3; step 2",
    "odd-optimizers": "task xor; model simplenet hidden=4 activation=sigmoid; optimizer adam; step 3; "
    "optimizer rmsprop alpha=0.5 eps=1e-3; step 3; "
    "optimizer sgd lr=0.1 momentum=0.9 nesterov=yes weight_decay=0.01; step 3; "
    "optimizer adamw beta1=0.5 beta2=0.9 eps=1e-4; step 3",
    "odd-seeds": "task copy length=2 delay=1 symbols=2 batch=3; model gru hidden=4; clip autoclip; step 3; seed 5; step 3; "
    "seed 9223372036854775807; step 3; seed 6; clip zclip warmup=2; step 4",
    "odd-networks": "clip norm max_norm=0.5; task parity length=4 batch=3; model rnn hidden=4; step 2; "
    "model rnn hidden=5 nonlinearity=relu layers=3; step 2; model lstm hidden=3 forget=0.5; init xavier; step 2; "
    "model gru hidden=3; task temporal-order length=10 batch=4; init kaiming; step 2; "
    "task adding length=5 batch=3; outlier scale=4; step 2",
    "odd-cnns": "task shapes rows=32 size=7 batch=4; model cnn depth=1 channels=1 pool=0; step 2; "
    "model cnn depth=2 channels=3 pool=2 activation=none; step 2; "
    "model cnn depth=4 channels=2 pool=1 head=flatten activation=sigmoid; init gain=2; step 2; "
    "task shapes rows=16 size=5 noise=0 batch=4; step 2; model cnn depth=1 channels=2 pool=1; step 2",
    "odd-texts": "task text sample-text.txt length=3 batch=2; model lstm hidden=4 layers=2 forget=1; init identity; step 2; "
    "task text sample-text.txt length=9 batch=5; step 2; model gru hidden=4 update=1; init radius=0.3; "
    "clip value clip_value=0.001; step 2",
    "odd-until": "task regression rows=64 batch=8; model simplenet; clip norm; until loss < 1.5 max 30; "
    "until clipped == 0 max 5; until total_norm > 100 max 4; step",
    "odd-phases": "task regression rows=64 batch=8; model simplenet; clip norm; phase 2; max_norm 0.5; phase 3; max_norm 0.1; "
    "clip off; phase 4; clip on; norm_type 1; phase 9; lr 0.3; phase; accumulate 2; step 2; phase 5",
    "odd-outliers": "task csv weather.csv target=rain; model mlp hidden=5,4; optimizer sgd lr=0.05; accumulate 2; step; "
    "outlier scale=-3; step; outlier scale=0; step; outlier scale=1e-3; step; outlier nan; step; restart; "
    "outlier scale=2; step 3",
    "odd-csvs": "task csv classes.csv target=sky; model simplenet hidden=5 activation=relu; step 2; "
    "task csv weather.csv target=rain; step 2; model mlp hidden=3 activation=sigmoid; init kaiming; step 2",
    "odd-accumulate": "task sum batch=3; model simplenet hidden=4; accumulate 5; clip norm max_norm=2; step 2; accumulate 1; step 2; "
    "accumulate 3; lr 0.1; step 2",
    "odd-forget-restart": "task sine rows=32 batch=4; model mlp hidden=4x2; clip autoclip; step 3; restart; step 3; clip autoclip; "
    "step 2; clip norm; clip autoclip; step 2; restart; clip off; step 2",
    "odd-dampening": "task sine rows=32 batch=4; model mlp hidden=4x3 activation=gelu; init gain=0.7; "
    "optimizer sgd lr=0.1 momentum=0.5 dampening=0.9 weight_decay=0.3; clip per-parameter max_norm=0.01; step 12",
    "odd-tiny": "task sine rows=32 batch=4; model mlp hidden=4x3; init gain=1e-15; clip norm max_norm=1e-7; step 6",
    "odd-batch1": "task csv weather.csv target=rain batch=1; model simplenet hidden=1; step 4; task regression rows=1 batch=1; "
    "step 3; task sine rows=2 batch=1; step 2",
    "odd-one": "task adding length=2 batch=1; model rnn hidden=1; step 4; task parity length=1 batch=1; step 3; "
    "task copy length=1 delay=1 symbols=1 batch=1; step 3",
    "several-kinds": "task adding length=6 batch=3; clip norm max_norm=0.5; model rnn hidden=4; step 3; model lstm hidden=4; step 3; "
    "model gru hidden=3 layers=2; step 3; model rnn hidden=4 nonlinearity=relu; step 3",
    "several-activations": "task sine rows=32 batch=8; model mlp hidden=6x3; step 3; model mlp hidden=6x3 activation=relu; step 3; "
    "model mlp hidden=5,4 activation=gelu; init xavier; step 3",
    "several-lengths": "model rnn hidden=5; task temporal-order length=10 batch=4; step 2; task temporal-order length=20 batch=4; step 2; "
    "task copy length=2 delay=1 batch=3; step 2; task copy length=3 delay=2 symbols=3 batch=3; step 2",
    "several-rates": "task regression rows=32 batch=8; model simplenet hidden=4; clip off; lr 0.1; step 3; restart; lr 0.2; step 3; "
    "restart; clip value clip_value=0.05; step 3; optimizer rmsprop lr=1e-5; step 3; optimizer adam lr=0.01; seed 3; step 3",
    "several-inits": "task parity length=4 batch=3; model gru hidden=4; init orthogonal=0.9; step 2; init orthogonal=1.1; step 2; "
    "init radius=1.3; step 2; init gain=2; step 2; init kaiming; step 2",
    "several-rules": "task adding length=6 batch=3; model lstm hidden=4 forget=1; clip norm max_norm=0.1; step 3; restart; "
    "clip per-parameter max_norm=0.1; step 3; restart; clip autoclip; step 3",
    "several-pictures": "task shapes rows=16 size=6 batch=4; model cnn depth=2 channels=3 pool=1; clip off; step 2; restart; clip norm; "
    "step 2; model cnn depth=4 channels=2 pool=1; step 2; task shapes rows=20 size=8 batch=4; step 2",
    "several-turned": "task regression rows=16 batch=4; model simplenet hidden=8; lr 0.1; step 2; seed 3; lr 0.2; phase 2; lr 0.5; step 2",
}
