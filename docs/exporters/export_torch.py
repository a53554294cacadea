"""Saves a model's weights and its optimizer's state, for descent."""
import torch
from safetensors.torch import save_file


def export(model, optimizer, path, steps):
    """steps is the number of updates made so far."""
    tensors = {"optimizer/step": steps}
    for name, p in model.named_parameters():
        tensors[name] = p
        for state, value in (optimizer.state.get(p) or {"step": 0}).items():
            if isinstance(value, (int, float, torch.Tensor)):
                tensors[f"optimizer/{name}/{state}"] = value
    for name, v in tensors.items():
        v = torch.as_tensor(v).detach().cpu()
        tensors[name] = v.to(v.dtype if v.is_floating_point() else torch.float32).contiguous()
    save_file(tensors, path, {"framework": "torch", "optimizer": type(optimizer).__name__})
