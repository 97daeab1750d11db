namespace Sallyport.Agent.Core.Detection;

/// <summary>Something about each of the last paths that were told of; the oldest are forgotten.</summary>
internal sealed class RecentPaths<T>(int capacity)
    where T : class
{
    private readonly Dictionary<string, T> known = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public T? Find(string path) => known.GetValueOrDefault(path);

    /// <returns>What was forgotten for it; null when there was room.</returns>
    public T? Remember(string path, T value)
    {
        if (!known.ContainsKey(path))
        {
            order.Enqueue(path);
        }

        known[path] = value;
        if (known.Count <= capacity)
        {
            return null;
        }

        _ = known.Remove(order.Dequeue(), out var oldest);
        return oldest;
    }
}
