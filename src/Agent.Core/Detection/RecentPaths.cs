namespace Sallyport.Agent.Core.Detection;

/// <summary>Something about each of the last paths that were told of; the oldest are forgotten.</summary>
internal sealed class RecentPaths<T>(int capacity)
    where T : class
{
    private readonly Dictionary<string, T> known = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public T? Find(string path) => known.GetValueOrDefault(path);

    public void Remember(string path, T value)
    {
        if (!known.ContainsKey(path))
        {
            order.Enqueue(path);
        }

        known[path] = value;
        if (known.Count > capacity)
        {
            _ = known.Remove(order.Dequeue());
        }
    }
}
