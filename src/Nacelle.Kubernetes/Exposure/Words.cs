namespace Nacelle.Kubernetes.Exposure;

/// <summary>How an audit spells its enumerations.</summary>
public static class Words
{
    public static string Of(Access access) => access switch
    {
        Access.List => "list",
        Access.Signal => "signal",
        Access.Argv => "argv",
        Access.Environ => "environ",
        Access.Root => "root",
        Access.Memory => "memory",
        _ => "descriptors",
    };

    public static string Of(Allowed allowed) => allowed switch { Allowed.No => "no", Allowed.Reachable => "reachable", _ => "direct" };

    public static string Of(ExposureLevel level) => level switch
    {
        ExposureLevel.High => "high",
        ExposureLevel.Medium => "medium",
        ExposureLevel.Low => "low",
        _ => "info",
    };

    /// <summary>The level of that word; null for another word.</summary>
    public static ExposureLevel? Level(string word) => Find<ExposureLevel>(word, Of);

    /// <summary>The access of that word; null for another word.</summary>
    public static Access? AccessOf(string word) => Find<Access>(word, Of);

    /// <summary>The answer of that word; null for another word.</summary>
    public static Allowed? AllowedOf(string word) => Find<Allowed>(word, Of);

    private static T? Find<T>(string word, Func<T, string> spell)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (spell(value) == word)
            {
                return value;
            }
        }

        return null;
    }
}
