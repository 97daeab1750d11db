namespace Sallyport.Runner.Working;

/// <summary>Values that are written as <c>***</c>, longest first.</summary>
internal sealed class SecretMasks(IEnumerable<string> secrets)
{
    private readonly Lock _lock = new();
    private string[] _values = [.. secrets.Where(value => value.Length > 0).OrderByDescending(value => value.Length)];

    public void Add(string value)
    {
        lock (_lock)
        {
            _values = [.. _values.Append(value).Where(v => v.Length > 0).Distinct().OrderByDescending(v => v.Length)];
        }
    }

    public string Apply(string text) =>
        _values.Aggregate(text, (masked, value) => masked.Replace(value, "***", StringComparison.Ordinal));
}
