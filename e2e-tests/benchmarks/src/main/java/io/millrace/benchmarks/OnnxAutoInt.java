package io.millrace.benchmarks;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An AutoInt in the paper's form as an ONNX graph with the weights of a Millrace model: x [B, F, D]
 * to logits [B, 1].
 */
final class OnnxAutoInt {
  private static final int IR_VERSION = 8;
  private static final int OPERATORS = 17;
  private static final int INT64 = TensorProto.DataType.INT64.getNumber();
  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("autoint");
  private final AutoIntConfig config;
  private final int fields;
  private int names;

  private OnnxAutoInt(AutoIntConfig config, int fields) {
    this.config = config;
    this.fields = fields;
  }

  /**
   * The graph's bytes.
   *
   * @throws IllegalArgumentException if the config has options beyond the paper's form
   */
  static byte[] of(AutoIntConfig config, int fields, int dim, Tensors weights) {
    if (!config.equals(AutoIntConfig.paper(config.layers(), config.heads(), config.headDim()))) {
      throw new IllegalArgumentException("config: " + config + ", expected the paper's form");
    }
    OnnxAutoInt onnx = new OnnxAutoInt(config, fields);
    onnx.build(dim, weights);
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
        .setGraph(onnx.graph)
        .build()
        .toByteArray();
  }

  private void build(int dim, Tensors weights) {
    int width = config.width();
    graph.addInput(value("x", fields, dim));
    graph.addOutput(value("logits", 1));
    String e = "x";
    int in = dim;
    for (int l = 0; l < config.layers(); l++) {
      e = layer(e, find(weights, "layer" + l + ".projection"), in);
      in = width;
    }
    String flat = node("Reshape", e, longs(0, (long) fields * width));
    String functional = floats(find(weights, "output"), fields * width, 1);
    String product = node("MatMul", flat, functional);
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Add")
            .addInput(product)
            .addInput(floats(find(weights, "bias"), 1))
            .addOutput("logits"));
  }

  /** e [B, F, in] to [B, F, A]; the tensor is [4 · A, in]. */
  private String layer(String e, float[] tensor, int in) {
    int width = config.width();
    String[] parts = new String[4];
    for (int p = 0; p < parts.length; p++) {
      float[] turned = new float[in * width];
      for (int o = 0; o < width; o++) {
        for (int i = 0; i < in; i++) {
          turned[i * width + o] = tensor[(p * width + o) * in + i];
        }
      }
      String projected = node("MatMul", e, floats(turned, in, width));
      String split = node("Reshape", projected, longs(0, fields, config.heads(), config.headDim()));
      // keys as [B, H, d, F], the others as [B, H, F, d]
      parts[p] = p == 1 ? transposed(split, 0, 2, 3, 1) : transposed(split, 0, 2, 1, 3);
    }
    String shares = softmax(node("MatMul", parts[0], parts[1]));
    String mixed = node("Add", node("MatMul", shares, parts[2]), parts[3]);
    String joined = node("Reshape", transposed(mixed, 0, 2, 1, 3), longs(0, fields, width));
    return node("Relu", joined);
  }

  private static float[] find(Tensors weights, String name) {
    for (int t = 0; t < weights.values().length; t++) {
      if (weights.specs().get(t).name().equals(name)) {
        return weights.values()[t];
      }
    }
    throw new IllegalArgumentException("tensor: " + name + ", expected one of " + weights.specs());
  }

  private String next() {
    return "n" + names++;
  }

  private String node(String type, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(type);
    return add(node, inputs);
  }

  private String add(NodeProto.Builder node, String... inputs) {
    for (String input : inputs) {
      node.addInput(input);
    }
    String output = next();
    graph.addNode(node.addOutput(output));
    return output;
  }

  private String transposed(String input, long... order) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName("perm").setType(AttributeProto.AttributeType.INTS);
    for (long axis : order) {
      attribute.addInts(axis);
    }
    return add(NodeProto.newBuilder().setOpType("Transpose").addAttribute(attribute), input);
  }

  private String softmax(String input) {
    AttributeProto.Builder axis =
        AttributeProto.newBuilder()
            .setName("axis")
            .setType(AttributeProto.AttributeType.INT)
            .setI(-1);
    return add(NodeProto.newBuilder().setOpType("Softmax").addAttribute(axis), input);
  }

  private String floats(float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(FLOAT, bytes, shape);
  }

  private String longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(INT64, bytes, values.length);
  }

  private String tensor(int type, ByteBuffer bytes, long... shape) {
    String name = next();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(bytes));
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** A value [B, dimensions]. */
  private static ValueInfoProto value(String name, int... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("B"));
    for (int dimension : dimensions) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape)))
        .build();
  }
}
