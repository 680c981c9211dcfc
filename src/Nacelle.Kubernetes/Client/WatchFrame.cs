using System.Text.Json;

namespace Nacelle.Kubernetes.Client;

internal sealed record WatchFrame(string Type, JsonElement Object);
