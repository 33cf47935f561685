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
    (name = "signalbox/models/embedder/embedder.bin", data = embed "node_modules/signalbox/dist/models/embedder/embedder.bin"),
  ],
  compatibilityDate = "2026-11-01",
);
