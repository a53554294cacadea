"""MXNet's optimizers with the options of their own, and its schedulers."""

FUSED = {"use_fused_step": [True, False]}
MOMENTUM = {"momentum": [0.0, 0.5, 0.9]}
ADAM = {"beta1": [0.9, 0.5, 0.0], "beta2": [0.999, 0.9], "epsilon": [1e-6, 1e-3, 0.1]}
BOUNDS = {"lower_bound": [1.0, 0.0], "upper_bound": [2.0, 1.5]}
LARS = {**MOMENTUM, "eta": [0.05, 0.1], "lazy_update": [True, False]}
CLIP_WEIGHTS = {"centered": [True, False], "clip_weights": [0.8, 2.0], "epsilon": [1e-8, 1e-3]}
FTRL = {"lamda1": [0.01, 0.3, 0.0], "beta": [1.0, 0.5]}
FTML = {"beta1": [0.6, 0.8], "beta2": [0.999, 0.9], "epsilon": [1e-8, 1e-3]}
NADAM = {**ADAM, "schedule_decay": [0.1, 0.01]}

ONE = {  # MXNet 1.9.1
    "AdaDelta": {"rho": [0.9, 0.5], "epsilon": [1e-5, 1e-2]},
    "AdaGrad": {"eps": [1e-7, 0.1]},
    "Adam": {**ADAM, "lazy_update": [True, False]},
    "Adamax": {"beta1": [0.9, 0.5], "beta2": [0.999, 0.9]},
    "DCASGD": {"lamda": [0.04, 0.5]},
    "FTML": FTML,
    "Ftrl": FTRL,
    "GroupAdaGrad": {"eps": [1e-5, 0.1]},
    "LAMB": {**ADAM, **BOUNDS, "bias_correction": [True, False]},
    "LARS": {**LARS, "eps": [0.0, 1e-3], "momentum_correction": [True, False]},
    "LBSGD": {
        **MOMENTUM,
        "warmup_strategy": ["linear", "power2", "sqrt", "lars", "other"],
        "warmup_epochs": [1, 2],
        "batch_scale": [2, 3],
        "updates_per_epoch": [4, 6],
        "begin_epoch": [1, 2],
        "num_epochs": [7],
    },
    "NAG": MOMENTUM,
    "Nadam": NADAM,
    "RMSProp": {**CLIP_WEIGHTS, "gamma1": [0.95, 0.7], "gamma2": [0.5, 0.95]},
    "SGD": {**MOMENTUM, "lazy_update": [True, False]},
    "Signum": {**MOMENTUM, "wd_lh": [0.1]},
    "Test": {},
    "ccSGD": {**MOMENTUM, "lazy_update": [True, False]},
}

TWO = {  # MXNet 2.0.0b1
    "AdaBelief": {**ADAM, **FUSED, "correct_bias": [True, False]},
    "AdaDelta": {"rho": [0.9, 0.5], "epsilon": [1e-6, 1e-2]},
    "AdaGrad": {**FUSED, "epsilon": [1e-6, 0.1]},
    "Adam": {**ADAM, **FUSED},
    "AdamW": {**ADAM, **FUSED, "correct_bias": [True, False]},
    "Adamax": ADAM,
    "DCASGD": {**MOMENTUM, "lamda": [0.04, 0.5]},
    "FTML": {**FTML, **FUSED},
    "Ftrl": {**FTRL, **FUSED},
    "GroupAdaGrad": {**FUSED, "epsilon": [1e-6, 0.1]},
    "LAMB": {**ADAM, **BOUNDS, **FUSED, "bias_correction": [True, False], "aggregate_num": [1, 4, 45]},
    "LANS": {**ADAM, **BOUNDS, **FUSED, "aggregate_num": [1, 4, 45]},
    "LARS": {**MOMENTUM, **FUSED, "eta": [0.05, 0.1], "epsilon": [1e-8, 1e-3], "aggregate_num": [1, 4]},
    "NAG": {**MOMENTUM, **FUSED},
    "Nadam": NADAM,
    "RMSProp": {**CLIP_WEIGHTS, **FUSED, "rho": [0.95, 0.7], "momentum": [0.5, 0.95]},
    "SGD": {**MOMENTUM, **FUSED, "aggregate_num": [1, 4]},
    "Signum": {**MOMENTUM, **FUSED, "wd_lh": [0.1]},
    "Test": {},
}

ADAMW = {**ADAM, "wd": [0.1, 0.01], "rescale_grad": [0.5, 2.0], "clip_gradient": [0.5, 2.0]}
OPERATORS = {"contrib.adamw_update": ADAMW, "contrib.multi_adamw_update": ADAMW}  # that no class uses

SCHEDULES = [
    {"class": "FactorScheduler", "step": 3, "factor": 0.5, "base_lr": 0.08, "warmup_steps": 2},
    {"class": "FactorScheduler", "step": 2, "factor": 0.5, "base_lr": 0.25, "stop_factor_lr": 0.0625},
    {"class": "MultiFactorScheduler", "step": [3, 7], "factor": 0.3, "base_lr": 0.06},
    {"class": "PolyScheduler", "max_update": 12, "base_lr": 0.07, "final_lr": 0.01, "warmup_steps": 3, "warmup_begin_lr": 0.01},
    {"class": "PolyScheduler", "max_update": 9, "base_lr": 0.1, "pwr": 1, "warmup_steps": 2, "warmup_begin_lr": 0.05, "warmup_mode": "constant"},
    {"class": "CosineScheduler", "max_update": 12, "base_lr": 0.07, "final_lr": 0.01},
]

WARMUP = {"base_lr": [0.1, 0.3], "warmup_steps": [5, 20], "warmup_begin_lr": [0.01], "warmup_mode": ["linear", "constant"]}
SCHEDULERS = {
    "CosineScheduler": {**WARMUP, "max_update": [150, 30], "final_lr": [0.01]},
    "FactorScheduler": {**WARMUP, "step": [7, 30], "factor": [0.5, 0.9, 1.0], "stop_factor_lr": [1e-3]},
    "MultiFactorScheduler": {**WARMUP, "step": [[3, 50], [10], [1, 2, 199]], "factor": [0.5, 0.9]},
    "PolyScheduler": {**WARMUP, "max_update": [150, 30], "final_lr": [0.01], "pwr": [1, 2, 3]},
}
