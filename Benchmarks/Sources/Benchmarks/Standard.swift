/// The names that are measured, recorded and compared when no others are asked for.
enum Standard {
  static let names = [
    "step/simplenet/regression,batch=32",
    "step/mlp,hidden=64x20/regression,batch=32",
    "step/rnn,hidden=64/adding,length=100,batch=32",
    "step/rnn,hidden=128/adding,length=100,batch=32",
    "step/rnn,hidden=50/temporal-order,length=200,batch=20",
    "step/lstm,hidden=32/adding,length=50,batch=32",
    "step/gru,hidden=32/adding,length=50,batch=32",
    "step/cnn,depth=11,channels=16,pool=0,head=flatten/shapes,batch=32",
    "step/cnn/shapes",
    "run/bare/simplenet/sum", "run/snapshots/simplenet/sum", "run/twin/simplenet/sum",
    "run/bare/rnn,hidden=64/adding,length=100,batch=32", "run/snapshots/rnn,hidden=64/adding,length=100,batch=32",
    "run/twin/rnn,hidden=64/adding,length=100,batch=32",
    "goto/100000/simplenet/sum",
    "product/32x64x64", "product/32x128x128", "product/32x50x50", "product/32x10x100", "product/144x144x16",
    "function/tanh/4096", "function/sigmoid/4096", "function/gelu/4096",
    "norm/2/10x2^20", "norm/inf/10x2^20", "norm/3/2^16",
    "clip/norm/10x2^20/unclipped", "clip/norm/10x2^20/clipped", "clip/norm/4x1000/clipped",
    "draw/uniform/3200", "draw/normal/3200", "draw/integers/3200",
    "digest/2^16", "frame/80x24", "frame/160x48",
    "machine/peak", "machine/read/10x2^20", "machine/update/10x2^20",
  ]

  /// Standard names that contain one of the words, and words that are themselves names; all of them without words.
  static func matching(_ words: [String]) throws -> [String] {
    if words.isEmpty { return names }
    var found: [String] = []
    for word in words {
      let some = names.filter { $0.contains(word) }
      if some.isEmpty || (try? Family.benchmark(word)) != nil {
        _ = try Family.benchmark(word)
        found.append(word)
      } else {
        found += some
      }
    }
    return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
