using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sallyport.Bench.Server;

/// <summary>What to measure.</summary>
/// <param name="Load">Whether the ingest is measured.</param>
/// <param name="Agents">That send at once.</param>
/// <param name="Segments">Of each agent's job.</param>
/// <param name="Events">Of each segment.</param>
/// <param name="Rate">Events a second that all agents send together; 0 for as many as are taken.</param>
/// <param name="Store">Connection string of PostgreSQL; null for SQLite.</param>
/// <param name="SearchEvents">Events that are searched; 0 for no search.</param>
internal sealed record BenchOptions(bool Load, int Agents, int Segments, int Events, int Rate, string? Store, int SearchEvents)
{
    public const string Usage =
        "bench/server [--load] [--search] [--agents N] [--segments N] [--events N] [--rate N] [--store CONNECTION-STRING] [--search-events N]";

    public static bool TryRead(string[] arguments, [NotNullWhen(true)] out BenchOptions? options, out string? mistake)
    {
        var (agents, segments, events, rate, search, store) = (200, 20, 1000, 0, 10_000_000, (string?)null);
        bool load = false, searching = false;
        options = null;
        mistake = Usage;
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (arguments[i])
            {
                case "--load":
                    load = true;
                    continue;
                case "--search":
                    searching = true;
                    continue;
                case "--agents" when isNumber:
                    agents = number;
                    break;
                case "--segments" when isNumber:
                    segments = number;
                    break;
                case "--events" when isNumber:
                    events = number;
                    break;
                case "--rate" when isNumber:
                    rate = number;
                    break;
                case "--search-events" when isNumber:
                    search = number;
                    break;
                case "--store" when value.Length > 0:
                    store = value;
                    break;
                default:
                    return false;
            }

            i++;
        }

        var both = !load && !searching;
        options = new BenchOptions(load || both, agents, segments, events, rate, store, searching || both ? search : 0);
        return true;
    }
}
