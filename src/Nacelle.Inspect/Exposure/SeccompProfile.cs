using System.Text.Json;
using Nacelle.Linux;
using Nacelle.Linux.Seccomp;

namespace Nacelle.Inspect.Exposure;

/// <summary>Turns <c>linux.seccomp</c> of an OCI runtime specification into the program that the OCI runtime has loaded for it.</summary>
internal static class SeccompProfile
{
    private const uint DefaultErrno = Errno.EPERM;
    private const uint MaskedEqual = 7;

    private static readonly string[] Comparisons =
        ["SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"];

    /// <returns>An array of <c>struct sock_filter</c>.</returns>
    /// <exception cref="IOException">libseccomp is missing or refuses it.</exception>
    /// <exception cref="FormatException">Not such an object, or with an action that no copy can have (notify, trace).</exception>
    public static byte[] Compile(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var profile = document.RootElement;
            var refusal = Number(profile, "defaultErrnoRet");
            var usual = Action(profile.GetProperty("defaultAction").GetString(), refusal);
            using var filter = SeccompFilter.Create(usual);
            foreach (var architecture in Items(profile, "architectures"))
            {
                filter.AddArchitecture(architecture.GetString()!.Replace("SCMP_ARCH_", "", StringComparison.Ordinal).ToLowerInvariant());
            }

            foreach (var rule in Items(profile, "syscalls"))
            {
                // libseccomp refuses a rule that changes nothing.
                if (Action(rule.GetProperty("action").GetString(), Number(rule, "errnoRet")) is var action && action != usual)
                {
                    Add(filter, action, rule);
                }
            }

            return filter.ToProgram();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the profile can't be read: {e.Message}", e);
        }
    }

    private static void Add(SeccompFilter filter, uint action, JsonElement rule)
    {
        SeccompCondition[] conditions = [.. Items(rule, "args").Select(Condition)];

        // All must hold; of several on one argument, as OCI runtimes take it, any one.
        var isAny = conditions.DistinctBy(condition => condition.Argument).Count() < conditions.Length;
        foreach (var name in Items(rule, "names"))
        {
            if (!isAny)
            {
                filter.AddRule(action, name.GetString()!, conditions);
                continue;
            }

            foreach (var condition in conditions)
            {
                filter.AddRule(action, name.GetString()!, [condition]);
            }
        }
    }

    private static SeccompCondition Condition(JsonElement argument)
    {
        var operation = argument.GetProperty("op").GetString();
        var comparison = Array.IndexOf(Comparisons, operation) + 1;
        if (comparison == 0)
        {
            throw new FormatException($"comparison {operation} is not known");
        }

        return new(
            argument.GetProperty("index").GetUInt32(),
            comparison,
            argument.GetProperty("value").GetUInt64(),
            comparison == MaskedEqual && argument.TryGetProperty("valueTwo", out var masked) ? masked.GetUInt64() : 0);
    }

    // seccomp.h of libseccomp.
    private static uint Action(string? name, uint? errno) => name switch
    {
        "SCMP_ACT_ALLOW" => 0x7fff0000,
        "SCMP_ACT_LOG" => 0x7ffc0000,
        "SCMP_ACT_ERRNO" => 0x00050000 | ((errno ?? DefaultErrno) & 0xffff),
        "SCMP_ACT_TRAP" => 0x00030000,
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => 0,
        "SCMP_ACT_KILL_PROCESS" => 0x80000000,
        _ => throw new FormatException($"action {name} can't be copied"),
    };

    private static uint? Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetUInt32() : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;
}
