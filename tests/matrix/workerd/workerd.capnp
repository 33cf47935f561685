using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "signalbox/signalbox.wasm", wasm = embed "node_modules/signalbox/dist/signalbox.wasm"),
    (name = "signalbox/models/index/index.sbx", data = embed "node_modules/signalbox/dist/models/index/index.sbx"),
    (name = "signalbox/models/embedder/model.safetensors", data = embed "node_modules/signalbox/dist/models/embedder/model.safetensors"),
    (name = "signalbox/models/embedder/tokenizer.json", data = embed "node_modules/signalbox/dist/models/embedder/tokenizer.json"),
    (name = "signalbox/models/embedder/config.json", data = embed "node_modules/signalbox/dist/models/embedder/config.json"),
  ],
  compatibilityDate = "2026-11-01",
);
