"""Writes MPNet as an ONNX graph from its published weights, with float or 8-bit products."""
import math
from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

HIDDEN, HEADS, LAYERS = 768, 12, 12
BUCKETS, MAX_DISTANCE, MAX_POSITIONS = 32, 128, 512
PAD_ID = 1
EPSILON = 1e-5
CONTRIBUTED = 'com.microsoft'
# Values of a row of the word table that share a scale.
BLOCK = 16
# The four products of a layer, by the names that the rest of these programs use.
PRODUCTS = {
    'qkv': ['attention.attn.q', 'attention.attn.k', 'attention.attn.v'],
    'attended': ['attention.attn.o'],
    'inner': ['intermediate.dense'],
    'outer': ['output.dense'],
}


@dataclass
class Variant:
    """How to store a network. The default is the shipped file."""

    table: str = 'int4'  # the word table: float32, int8 (a scale a row) or int4 (a scale a block)
    products: str = 'int8'  # float32, weights8 (int8 weights, float inputs) or int8 (int8 weights and inputs)
    channels: dict[str, list[int]] = field(default_factory=dict)  # by product: channels of its input that stay float
    rows: bool = False  # whether each token's inputs are scaled by their largest before they are quantised


def read_weights(folder: str) -> dict[str, np.ndarray]:
    """Returns the tensors of FOLDER/model.safetensors by name."""
    return {name.removeprefix('mpnet.'): tensor for name, tensor in load_file(f'{folder}/model.safetensors').items()}


def int8_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns a matrix in 8 bits, symmetric, and the scale of each column."""
    largest = np.abs(matrix).max(0)
    scales = np.where(largest == 0, 1, largest / 127).astype(np.float32)
    return np.clip(np.round(matrix / scales), -127, 127).astype(np.int8), scales


def int4_blocks(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Returns a table in 4 bits, two values a byte with the even column low, and the float16 scale of each block. Of several
    scales a block takes that with the least squared error; -8 stands for the value farthest from 0.
    """
    blocks = table.reshape(-1, BLOCK).astype(np.float32)
    farthest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(1)]
    least = np.full(len(blocks), np.inf, np.float32)
    scales, values = np.ones(len(blocks), np.float16), np.zeros(blocks.shape, np.int8)
    for share in (1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.75):
        tried = (farthest * np.float32(-share / 8)).astype(np.float16)
        tried[tried == 0] = 1
        wide = tried.astype(np.float32)[:, None]
        rounded = np.clip(np.round(blocks / wide), -8, 7)
        error = ((rounded * wide - blocks) ** 2).sum(1)
        better = error < least
        least[better], scales[better], values[better] = error[better], tried[better], rounded[better].astype(np.int8)
    halves = (values + 8).astype(np.uint8).reshape(table.shape)
    return halves[:, 0::2] | halves[:, 1::2] << 4, scales.reshape(len(table), -1)


def bucket_of(distance: np.ndarray) -> np.ndarray:
    """Returns the row of the relative biases for distances from a token to another: transformers' rule."""
    half, exact = BUCKETS // 2, BUCKETS // 4
    size = np.abs(distance)
    far = np.log(np.maximum(size, exact).astype(np.float32) / exact) / math.log(MAX_DISTANCE / exact) * (half - exact)
    return np.where(distance > 0, half, 0) + np.where(size < exact, size, np.minimum(exact + far.astype(np.int64), half - 1))


class Graph:
    """Nodes and constants in the order in which they were added."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name: str, values) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def whole(self, *values: int, scalar=False) -> str:
        shape = 'at' if scalar else 'list'
        return self.constant(f'{shape}_{"_".join(map(str, values))}', np.array(values[0] if scalar else values, np.int64))

    def number(self, value: float) -> str:
        return self.constant(f'number_{value}', np.array(value, np.float32))

    def node(self, operator: str, inputs: list[str], name: str = '', outputs: int = 1, **attributes):
        name = name or f'{operator}_{len(self.nodes)}'
        names = [name] if outputs == 1 else [f'{name}_{i}' for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, f'node_{names[0]}', **attributes))
        return names[0] if outputs == 1 else names

    def contributed(self, operator: str, inputs: list[str], **attributes):
        return self.node(operator, inputs, domain=CONTRIBUTED, **attributes)


class Network:
    """A graph of MPNet; `inputs` are the names of the values that enter the products."""

    def __init__(self, weights: dict[str, np.ndarray], variant: Variant):
        self.graph, self.weights, self.variant = Graph(), weights, variant
        self.inputs: dict[str, str] = {}

    def parameter(self, name: str) -> str:
        return self.graph.constant(name, self.weights[name].astype(np.float32))

    def lookup(self, name: str, ids: str, table: str) -> str:
        graph, values = self.graph, self.weights[name].astype(np.float32)
        if table == 'float32':
            return graph.node('Gather', [graph.constant(name, values), ids])
        if table == 'int4':
            halves, scales = int4_blocks(values)
            names = [graph.constant(f'{name}_int4', halves), ids, graph.constant(f'{name}_scales', scales)]
            options = {'bits': 4, 'block_size': BLOCK, 'gather_axis': 0, 'quantize_axis': 1}
            return graph.node('Cast', [graph.contributed('GatherBlockQuantized', names, **options)], to=TensorProto.FLOAT)
        quantised, scales = int8_columns(values.T)
        rows = graph.node('Gather', [graph.constant(f'{name}_int8', quantised.T), ids])
        scale = graph.node('Gather', [graph.constant(f'{name}_scales', scales[:, None]), ids])
        return graph.node('Mul', [graph.node('Cast', [rows], to=TensorProto.FLOAT), scale])

    def product(self, layer: int, part: str, x: str) -> tuple[str, str]:
        """Returns the product of x and a matrix, and the bias, which the next operator adds."""
        graph, variant, name = self.graph, self.variant, f'{layer}.{part}'
        prefixes = [f'encoder.layer.{layer}.{place}' for place in PRODUCTS[part]]
        matrix = np.concatenate([self.weights[f'{p}.weight'].T for p in prefixes], 1).astype(np.float32)
        bias = graph.constant(f'{name}.bias', np.concatenate([self.weights[f'{p}.bias'] for p in prefixes]).astype(np.float32))
        self.inputs[name] = x
        if variant.products == 'float32':
            return graph.node('MatMul', [x, graph.constant(name, matrix)]), bias
        channels = np.array(variant.channels.get(name, []), np.int64)
        exact = None
        if len(channels) > 0:
            # Their inputs are many times as large as the others', and would leave these a few steps of the 256.
            columns = graph.node('Gather', [x, graph.constant(f'{name}.channels', channels)], axis=2)
            exact = graph.node('MatMul', [columns, graph.constant(f'{name}.exact', matrix[channels])])
            kept = np.ones(len(matrix), np.float32)
            kept[channels], matrix[channels] = 0, 0
            x = graph.node('Mul', [x, graph.constant(f'{name}.kept', kept)])
        y = self.quantised(name, x, matrix)
        return (y if exact is None else graph.node('Add', [y, exact])), bias

    def quantised(self, name: str, x: str, matrix: np.ndarray) -> str:
        graph, variant = self.graph, self.variant
        values, scales = int8_columns(matrix)
        names = [graph.constant(f'{name}.int8', values), graph.constant(f'{name}.scales', scales)]
        if variant.products == 'weights8':
            zero = graph.constant(f'{name}.zero', np.zeros(len(scales), np.int8))
            return graph.node('MatMul', [x, graph.node('DequantizeLinear', [*names, zero], axis=1)])
        if not variant.rows:
            return graph.contributed('DynamicQuantizeMatMul', [x, *names])
        largest = graph.node('ReduceMax', [graph.node('Abs', [x]), graph.whole(-1)], keepdims=1)
        scaled = graph.node('Div', [x, largest])
        return graph.node('Mul', [graph.contributed('DynamicQuantizeMatMul', [scaled, *names]), largest])

    def embeddings(self, ids: str) -> str:
        graph, pad = self.graph, self.graph.whole(PAD_ID, scalar=True)
        is_token = graph.node('Cast', [graph.node('Not', [graph.node('Equal', [ids, pad])])], to=TensorProto.INT64)
        counted = graph.node('Mul', [graph.node('CumSum', [is_token, graph.whole(1, scalar=True)]), is_token])
        positions = graph.node('Add', [counted, pad])
        table = self.variant.table
        words = self.lookup('embeddings.word_embeddings.weight', ids, table)
        places = self.lookup('embeddings.position_embeddings.weight', positions, 'float32' if table == 'float32' else 'int8')
        inputs = [graph.node('Add', [words, places]), *(self.parameter(f'embeddings.LayerNorm.{p}') for p in ('weight', 'bias'))]
        return graph.node('LayerNormalization', inputs, axis=-1, epsilon=EPSILON)

    def biases(self, ids: str, mask: str) -> str:
        """Returns [batch, heads, sequence, sequence]: what attention adds to its scores, for distance and for padding."""
        graph, farthest = self.graph, MAX_POSITIONS - 1
        rows = bucket_of(np.arange(-farthest, farthest + 1))
        table = graph.constant('distances', self.weights['encoder.relative_attention_bias.weight'][rows].T.astype(np.float32))
        length = graph.node('Gather', [graph.node('Shape', [ids]), graph.whole(1, scalar=True)])
        places = graph.node('Range', [graph.whole(0, scalar=True), length, graph.whole(1, scalar=True)])
        ahead = graph.node('Sub', [graph.node('Unsqueeze', [places, graph.whole(0)]), graph.node('Unsqueeze', [places, graph.whole(1)])])
        relative = graph.node('Gather', [table, graph.node('Add', [ahead, graph.whole(farthest, scalar=True)])], axis=1)
        seen = graph.node('Cast', [graph.node('Unsqueeze', [mask, graph.whole(1, 2)])], to=TensorProto.FLOAT)
        hidden = graph.node('Mul', [graph.node('Sub', [seen, graph.number(1.0)]), graph.number(1e9)])
        return graph.node('Add', [relative, hidden])

    def layer(self, index: int, x: str, biases: str, name: str) -> str:
        graph, prefix = self.graph, f'encoder.layer.{index}'
        norm = lambda place: [self.parameter(f'{prefix}.{place}.LayerNorm.{p}') for p in ('weight', 'bias')]
        y, bias = self.product(index, 'qkv', x)
        q, k, v = graph.node('Split', [y], outputs=3, axis=2, num_outputs=3)
        y = graph.contributed('MultiHeadAttention', [q, k, v, bias, '', biases], num_heads=HEADS)
        y, bias = self.product(index, 'attended', y)
        x = graph.contributed('SkipLayerNormalization', [y, x, *norm('attention'), bias], epsilon=EPSILON)
        y, bias = self.product(index, 'inner', x)
        y, bias = self.product(index, 'outer', graph.contributed('BiasGelu', [y, bias]))
        return graph.contributed('SkipLayerNormalization', [y, x, *norm('output'), bias], epsilon=EPSILON, name=name)


def network(weights: dict[str, np.ndarray], variant: Variant, watched: bool = False):
    """
    Returns an ONNX model with the inputs `input_ids` and `attention_mask` and the output `last_hidden_state`, as exports
    of sentence-transformers have them. `watched`: returns the inputs of all products too, and the names of these outputs.
    """
    net = Network(weights, variant)
    ids, mask = 'input_ids', 'attention_mask'
    biases, x = net.biases(ids, mask), net.embeddings(ids)
    for index in range(LAYERS):
        x = net.layer(index, x, biases, 'last_hidden_state' if index == LAYERS - 1 else '')
    shape = ['batch_size', 'sequence_length']
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, [*shape, HIDDEN])]
    if watched:
        outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in dict.fromkeys(net.inputs.values())]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in (ids, mask)]
    graph = helper.make_graph(net.graph.nodes, 'mpnet', inputs, outputs, list(net.graph.constants.values()))
    imports = [helper.make_opsetid('', 18), helper.make_opsetid(CONTRIBUTED, 1)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=9, producer_name='signalbox')
    return (model, net.inputs) if watched else model
