"""From a trained network to the files that ship: ONNX graphs with 8-bit weights, and a card that names the classes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from graph.reading.features import FLAGS
from graph.reading.transformer import OUTPUTS
from training.network import LABEL, Network
from training.targets import Labels

INPUTS = ("pieces", "owners", "first", "last", "shapes", "flags")
OPSET = 17


class Rounded(nn.Module):
    """An embedding kept in 8 bits, with one scale a row."""

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        weight = embedding.weight.detach()
        self.register_buffer("scale", weight.abs().amax(1, keepdim=True) / 127)
        self.register_buffer("weight", (weight / self.scale).round().clamp(-127, 127).to(torch.int8))

    def forward(self, index: Tensor) -> Tensor:
        return self.weight[index].float() * self.scale[index]


def export(network: Network, labels: Labels, folder: Path, meta: dict[str, str], *, quantise: bool = True) -> None:
    """Write network.onnx, labeller.onnx and transformer.json into `folder`."""
    network.eval()
    embedding = network.encoder.words
    if quantise:
        network.encoder.words = Rounded(embedding)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        _network(network, Path(scratch) / "network.onnx")
        _labeller(network.labeller, Path(scratch) / "labeller.onnx")
        for name in ("network.onnx", "labeller.onnx"):
            _shipped(Path(scratch) / name, folder / name, quantise)
    network.encoder.words = embedding
    card = {"meta": meta, "labels": asdict(labels)}
    (folder / "transformer.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _network(network: Network, path: Path) -> None:
    size = torch.zeros(2, 7, dtype=torch.long)
    example = (torch.ones(2, 9, dtype=torch.long), torch.zeros(2, 9, dtype=torch.long), size, size, size + 2)
    axes = {name: {0: "windows", 1: "words"} for name in (*INPUTS, *OUTPUTS)}
    axes |= {"pieces": {0: "windows", 1: "pieces"}, "owners": {0: "windows", 1: "pieces"}}
    axes |= {"arcs": {0: "windows", 1: "words", 2: "words"}}
    _write(network, (*example, torch.zeros(2, 7, len(FLAGS))), path, INPUTS, OUTPUTS, axes)


def _labeller(labeller: nn.Module, path: Path) -> None:
    axes = {name: {0: "arcs"} for name in ("dependents", "heads", "labels")}
    _write(labeller, (torch.zeros(5, LABEL), torch.zeros(5, LABEL)), path, ("dependents", "heads"), ("labels",), axes)


def _write(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: dict[str, dict[int, str]],
) -> None:
    torch.onnx.export(
        module,
        example,
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )


def _shipped(source: Path, target: Path, quantise: bool) -> None:
    if not quantise:
        onnx.save(onnx.load(source), target)
        return
    nodes = [
        node.name for node in onnx.load(source).graph.node if node.op_type == "MatMul" and not _is_large(node.name)
    ]
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul", "Gemm"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=nodes,
        reduce_range=True,
    )


def _is_large(name: str) -> bool:
    """The heads are small and stay exact."""
    return any(part in name for part in ("/encoder/", "/top/", "/join/", "/pair/"))
