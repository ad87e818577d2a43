"""The optimizers are PyTorch's."""

from __future__ import annotations

from typing import Iterable

import torch
from torch import nn

from language import Choice


def make(choice: Choice, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    o = choice.number
    match choice.name:
        case "sgd":
            return torch.optim.SGD(parameters, lr=o("lr"), momentum=o("momentum"), dampening=o("dampening"),
                                   nesterov=choice.flag("nesterov"), weight_decay=o("weight_decay"))
        case "adam" | "adamw":
            kind = torch.optim.Adam if choice.name == "adam" else torch.optim.AdamW
            return kind(parameters, lr=o("lr"), betas=(o("beta1"), o("beta2")), eps=o("eps"), weight_decay=o("weight_decay"))
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr=o("lr"), alpha=o("alpha"), eps=o("eps"))
    raise ValueError(choice.name)
