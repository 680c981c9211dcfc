using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Patching;

/// <summary>The order of a merged list: what the patch names in the patch's order, the rest where the server had it.</summary>
internal static class ListOrder
{
    /// <summary>Arranges copies of the items.</summary>
    /// <param name="items">The merged list.</param>
    /// <param name="patchOrder">Keys in the order that the patch asks for.</param>
    /// <param name="serverOrder">Keys in the order before the patch.</param>
    /// <param name="keyOf">The key of an item; the item itself for scalars.</param>
    public static JsonArray Arrange(
        IReadOnlyList<JsonNode?> items, List<JsonNode?> patchOrder, List<JsonNode?> serverOrder, Func<JsonNode?, JsonNode?> keyOf)
    {
        int InPatch(JsonNode? item) => Position(patchOrder, keyOf(item));
        int OnServer(JsonNode? item) => Position(serverOrder, keyOf(item));
        List<JsonNode?> patched = [.. items.Where(item => InPatch(item) >= 0).OrderBy(InPatch)];
        List<JsonNode?> kept = [.. items.Where(item => InPatch(item) < 0).OrderBy(item => OnServer(item) is int at and >= 0 ? at : int.MaxValue)];
        var list = new JsonArray();
        int i = 0;
        int j = 0;
        while (i < kept.Count || j < patched.Count)
        {
            bool takeKept = j >= patched.Count
                || (i < kept.Count && OnServer(kept[i]) >= 0 && OnServer(patched[j]) >= 0 && OnServer(kept[i]) < OnServer(patched[j]));
            list.Add((takeKept ? kept[i++] : patched[j++])?.DeepClone());
        }

        return list;
    }

    /// <summary>The items of a patch must stand in the order that its own directive gives.</summary>
    /// <exception cref="PatchException">They do not.</exception>
    public static void Check(JsonArray patch, JsonArray order, string? key)
    {
        JsonNode? KeyOf(JsonNode? item) => key is null ? item : (item as JsonObject)?[key];
        List<JsonNode?> wanted = [.. patch.Where(item => (item as JsonObject)?.ContainsKey(StrategicMergePatch.Directive) != true)];
        int at = 0;
        for (int i = 0; i < order.Count && at < wanted.Count; i++)
        {
            at += JsonNode.DeepEquals(KeyOf(wanted[at]), KeyOf(order[i])) ? 1 : 0;
        }

        if (at < wanted.Count)
        {
            throw new PatchException(
                $"The order in patch list:\n{GoPrint.Show(patch)}\n doesn't match $setElementOrder list:\n{GoPrint.Show(order)}\n");
        }
    }

    private static int Position(List<JsonNode?> order, JsonNode? key) => order.FindIndex(other => JsonNode.DeepEquals(other, key));
}
