using System.Collections.Immutable;

namespace Sallyport.Agent.Runner;

/// <summary>Sentences on what is weaker in a job than was asked for; the first <see cref="MostSaid"/> are kept. For any thread.</summary>
internal sealed class JobWeaknesses
{
    private const int MostSaid = 32;
    private readonly Lock saying = new();
    private readonly List<string> said = [];

    internal ImmutableArray<string> All
    {
        get
        {
            lock (saying)
            {
                return [.. said];
            }
        }
    }

    internal void Say(string text)
    {
        lock (saying)
        {
            if (said.Count < MostSaid)
            {
                said.Add(text);
            }
        }
    }
}
