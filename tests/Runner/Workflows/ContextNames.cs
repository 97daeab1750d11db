using System.Globalization;

namespace Sallyport.Runner.Workflows;

/// <summary>
/// The names that the service gives to steps without an id: <c>__run</c>, <c>__run_2</c>, <c>__owner_repo</c>,
/// <c>__self</c>; skipped steps count. One of these per job, and per composite action.
/// </summary>
internal sealed class ContextNames
{
    private readonly Dictionary<string, int> _used = [];

    public string Next(string? id, string? uses, string script = "__run")
    {
        if (id is not null)
        {
            return id;
        }

        string name = uses switch
        {
            null => script,
            _ when uses.StartsWith("./", StringComparison.Ordinal) => "__self",
            _ when uses.StartsWith("docker://", StringComparison.Ordinal) => "__" + Flat(uses["docker://".Length..]),
            _ => "__" + Flat(uses.Split('@')[0]),
        };
        int count = _used[name] = _used.GetValueOrDefault(name) + 1;
        return count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}_{count}");
    }

    private static string Flat(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_'));
}
