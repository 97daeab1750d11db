using System.Collections.Immutable;

namespace Sallyport.Policy.Compiling;

/// <summary>What the machine adds to a policy.</summary>
public sealed record CompileContext
{
    /// <summary>Search suffixes that count; glibc reads six, later ones are ignored (see <see cref="CompiledPolicy.IgnoredSearchDomains"/>).</summary>
    public const int MaxSearchDomains = 12;

    /// <summary><c>search</c> of /etc/resolv.conf as it was at the start, any case; what is no name is ignored.</summary>
    public ImmutableArray<string> SearchDomains { get; init; } = [];

    /// <summary>
    /// What the runner itself (Runner.Listener, Runner.Worker) may reach, a principal of its own beside the job's steps;
    /// default where there is no runner.
    /// </summary>
    public ImmutableArray<PolicyRule> Runner { get; init; }

    /// <summary>
    /// The policy that is in force already: its rules keep their numbers, so that what the kernel has learned under them
    /// stays valid. Null at the start.
    /// </summary>
    public CompiledPolicy? Previous { get; init; }

    /// <summary>
    /// Prefixes of SRV questions that clients ask before the name itself. apt asks for <c>_http._tcp</c> and
    /// <c>_https._tcp</c>, gpg for <c>_pgpkey-https._tcp</c>.
    /// </summary>
    public ImmutableArray<string> ServicePrefixes { get; init; } = ["_http._tcp", "_https._tcp", "_pgpkey-https._tcp"];
}
