using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Remembers what was used lately. Two generations: when the young one is full it becomes the old one and the old one
/// is forgotten, so the last <paramref name="capacity"/> keys used are always known. Bounded by twice the capacity; costs
/// no allocation once both generations have grown.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private Dictionary<TKey, TValue> young = new(comparer);
    private Dictionary<TKey, TValue> old = new(comparer);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!old.TryGetValue(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (young.Count >= capacity && !young.ContainsKey(key))
        {
            (young, old) = (old, young);
            young.Clear();
        }

        young[key] = value;
    }

    public void Remove(TKey key)
    {
        young.Remove(key);
        old.Remove(key);
    }
}
