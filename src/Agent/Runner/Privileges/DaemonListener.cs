namespace Sallyport.Agent.Runner.Privileges;

/// <summary>A socket at which a daemon of root's listens that starts containers for whoever reaches it.</summary>
/// <param name="Program">As in <c>dockerd</c>.</param>
/// <param name="Address">A path, <c>@</c> and an abstract name, or as in <c>127.0.0.1:2375</c>.</param>
internal sealed record DaemonListener(string Program, string Address)
{
    internal bool IsPath => Address.StartsWith('/');
}
