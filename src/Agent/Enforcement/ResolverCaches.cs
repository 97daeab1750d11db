using System.Collections.Immutable;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Caches of the machine's resolvers are emptied when block mode begins (HARDENING D): an answer that comes from a cache leases
/// nothing when nobody asked the resolver. On a thread of its own while the kernel side is loaded; never a reason to fail.
/// systemd-resolved(8) flushes on SIGUSR2, dnsmasq(8) on SIGHUP, nscd(8) on request.
/// </summary>
internal sealed class ResolverCaches
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    private readonly Thread thread;
    private readonly bool flush;
    private ImmutableArray<string> notes = [];

    private ResolverCaches(bool flush)
    {
        this.flush = flush;
        thread = new Thread(Run) { Name = "caches", IsBackground = true };
        thread.Start();
    }

    /// <param name="flush">False in audit mode, which leaves the machine as it is: they are only named then.</param>
    internal static ResolverCaches Begin(bool flush) => new(flush);

    /// <summary>A sentence for each cache that was not emptied.</summary>
    internal ImmutableArray<string> Finish() => thread.Join(Limit)
        ? notes
        : ["caches of the machine's resolvers: not all could be emptied in time; names that they know may be refused"];

    private void Run()
    {
        var said = ImmutableArray.CreateBuilder<string>();
        foreach (var service in ResolverService.Find())
        {
            using (service)
            {
                if (!flush)
                {
                    said.Add($"audit: the cache of {service.Name} is left as it is; block mode empties it at the start");
                }
                else if (Flush(service) is { } reason)
                {
                    said.Add(
                        $"the cache of {service.Name} could not be emptied ({reason}): names that it knows may be refused");
                }
            }
        }

        notes = said.ToImmutable();
    }

    private static string? Flush(ResolverService service) => service.Name switch
    {
        ResolverService.Resolved => service.TrySignal(Native.SIGUSR2),
        ResolverService.Dnsmasq => service.TrySignal(Native.SIGHUP),
        _ => NameServiceCache.TryFlush(),
    };
}
