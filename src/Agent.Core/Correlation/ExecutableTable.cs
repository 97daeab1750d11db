using System.Globalization;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Executables of the job, numbered as they come. Bounded by <see cref="Capacity"/>: past it one has no number and no hash.</summary>
internal sealed class ExecutableTable
{
    public const int Capacity = 65_536;

    private readonly Dictionary<ExecutableKey, string> ids = [];

    /// <summary>Null when the table is full.</summary>
    public string? IdOf(in ExecutableKey key)
    {
        if (!ids.TryGetValue(key, out var id) && ids.Count < Capacity)
        {
            ids[key] = id = string.Create(CultureInfo.InvariantCulture, $"x{ids.Count + 1}");
        }

        return id;
    }

    /// <summary>Null when it was not executed.</summary>
    public string? Find(in ExecutableKey key) => ids.GetValueOrDefault(key);
}
