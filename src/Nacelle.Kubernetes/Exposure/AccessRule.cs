namespace Nacelle.Kubernetes.Exposure;

/// <summary>One row of <see cref="AccessRules"/>.</summary>
/// <param name="Access">What is reached for.</param>
/// <param name="Name">Names the row in tests and documents: <c>environ/same-identity</c>.</param>
/// <param name="Grants">Whether the row grants the access; else it says why not.</param>
/// <param name="Holds">When the row applies. It looks at nothing but its argument.</param>
/// <param name="Sentence">The kernel's rule, one sentence.</param>
/// <param name="Source">The manual page that states it.</param>
public sealed record AccessRule(Access Access, string Name, bool Grants, Func<AccessSituation, bool> Holds, string Sentence, string Source)
{
    public string Text => $"{Sentence} [{Source}]";
}
