namespace Nacelle.Kubelet.Environments;

/// <summary>Variables in the order in which they were first set; a later value takes an earlier one's place.</summary>
internal sealed class OrderedVariables
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public void Set(string name, string value)
    {
        if (!_values.ContainsKey(name))
        {
            _names.Add(name);
        }

        _values[name] = value;
    }

    public string? Find(string name) => _values.GetValueOrDefault(name);

    public IEnumerable<KeyValuePair<string, string>> InOrder() => _names.Select(name => KeyValuePair.Create(name, _values[name]));
}
