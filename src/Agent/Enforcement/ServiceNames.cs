using System.Buffers;
using System.Collections.Immutable;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Names of the job's own containers with the machine's search suffixes: a resolver with a search list asks for
/// <c>postgres.corp.example</c> before <c>postgres</c>. They may be asked and lease nothing, so that an honest job shows no
/// refusal (HARDENING B). Bounded by the kernel's table of names.
/// </summary>
internal sealed class ServiceNames(KernelMap names, ImmutableArray<string> searchDomains)
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Called on the threads that ask the runtimes; all write the same.</summary>
    internal void Learn(ContainerDescription container)
    {
        foreach (var name in container.Aliases.Prepend(container.Name))
        {
            Learn(name?.ToLowerInvariant());
        }
    }

    private void Learn(string? name)
    {
        // A name with dots, or one that is no host name, is not searched for.
        if (name is null or { Length: 0 or > 63 } || name.AsSpan().ContainsAnyExcept(Allowed))
        {
            return;
        }

        foreach (var domain in searchDomains)
        {
            // A trie gives the longest key that fits, a wildcard's rules too: these are kept.
            if (NameKey.TryOf($"{name}.{domain}", wildcard: false, out var key))
            {
                var value = names.TryGet<NameKey, NameValue>(key, out var known) ? known : default;
                value.AskOnly = 1;
                _ = names.TrySet(key, value);
            }
        }
    }
}
