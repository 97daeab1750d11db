using System.Diagnostics;

namespace Sallyport.Fuzz;

/// <summary>Feeds one target until the time is over.</summary>
internal static class FuzzRun
{
    // An input that takes this long is as good as a crash: readers are linear in their input.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    public static FuzzResult Of(IFuzzTarget target, IReadOnlyList<byte[]> corpus, TimeSpan time, int seed)
    {
        var mutator = new Mutator(new Random(seed));
        var last = TimeSpan.Zero;
        long inputs = 0;
        try
        {
            target.Prove();
        }
        catch (Exception exception)
        {
            return new FuzzResult(0, [], exception.ToString());
        }

        var clock = Stopwatch.StartNew();
        foreach (var input in corpus.Concat(Inputs(mutator, corpus, target.Words)))
        {
            inputs++;
            try
            {
                target.Read(input);
            }
            catch (Exception exception)
            {
                return new FuzzResult(inputs, input, exception.ToString());
            }

            var now = clock.Elapsed;
            if (now - last > Slow)
            {
                return new FuzzResult(inputs, input, $"took {(now - last).TotalSeconds:F1} s");
            }

            last = now;
            if (now >= time && inputs > corpus.Count)
            {
                break;
            }
        }

        return new FuzzResult(inputs, null, null);
    }

    private static IEnumerable<byte[]> Inputs(Mutator mutator, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words)
    {
        while (true)
        {
            yield return mutator.Next(corpus, words);
        }
    }
}
