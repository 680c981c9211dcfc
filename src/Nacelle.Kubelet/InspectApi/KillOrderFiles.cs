using System.Text.Json;
using Nacelle.Linux.Files;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Orders in a directory, one file each, named after the process. They outlive the kubelet and mean nothing after the next boot.</summary>
/// <param name="directory">It is made with the first order.</param>
internal sealed class KillOrderFiles(string directory)
{
    /// <exception cref="IOException">It can't be written.</exception>
    public void Keep(KillOrder order)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AtomicFile.Write(PathOf(order.Uid), JsonSerializer.SerializeToUtf8Bytes(order, KillOrderJson.Default.KillOrder), durable: false);
    }

    /// <exception cref="IOException">It can't be removed.</exception>
    public void Forget(string uid) => File.Delete(PathOf(uid));

    /// <summary>What is there from a kubelet before. What is no order is removed.</summary>
    /// <exception cref="IOException">A file can't be read or removed.</exception>
    public IReadOnlyList<KillOrder> Read()
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        List<KillOrder> orders = [];
        foreach (var file in Directory.GetFiles(directory))
        {
            if (TryRead(file) is { } order && PathOf(order.Uid) == file)
            {
                orders.Add(order);
            }
            else
            {
                File.Delete(file);
            }
        }

        return orders;
    }

    private static KillOrder? TryRead(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), KillOrderJson.Default.KillOrder);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string PathOf(string uid) => Path.Combine(directory, uid + ".json");
}
