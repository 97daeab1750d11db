using System.Runtime.ExceptionServices;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// Loads the programs on a thread of its own while the job is being prepared: the verifier takes most of the time
/// between the start and being in force. Nothing is attached yet: nothing is judged, nothing else has to be undone.
/// </summary>
internal sealed class KernelLoading : IDisposable
{
    /// <summary>Refusals and observations: some 70,000 of them, a third of a second of 200,000 each.</summary>
    private const uint AlertBytes = 8 << 20;

    private readonly TableSizes sizes;
    private readonly bool guards;
    private readonly Thread thread;
    private KernelObject? loaded;
    private ExceptionDispatchInfo? failure;

    private KernelLoading(TableSizes sizes, bool guards)
    {
        this.sizes = sizes;
        this.guards = guards;
        thread = new Thread(Run) { Name = "load" };
        thread.Start();
    }

    /// <param name="sizes">Where they are not the default.</param>
    /// <param name="guards">Memory and kernel programs are looked after.</param>
    internal static KernelLoading Begin(TableSizes sizes, bool guards) => new(sizes, guards);

    /// <summary>Waits for the programs; from here on they are the caller's to dispose of.</summary>
    /// <exception cref="KernelUnavailableException">This machine does not take them.</exception>
    internal KernelObject Take()
    {
        thread.Join();
        failure?.Throw();
        var taken = loaded ?? throw new InvalidOperationException("the programs were taken before");
        loaded = null;
        return taken;
    }

    public void Dispose()
    {
        thread.Join();
        loaded?.Dispose();
        loaded = null;
    }

    private void Run()
    {
        // Refusing is more than is needed: a kernel that does not take those programs gets the others.
        if (!(SecurityModules.HaveBpf() && TryLoad(refusals: true)))
        {
            failure = null;
            _ = TryLoad(refusals: false);
        }
    }

    private bool TryLoad(bool refusals)
    {
        KernelObject? opened = null;
        try
        {
            opened = KernelObject.Open();
            opened.SetEntries("alerts", AlertBytes);
            sizes.Apply(opened);
            ProbeSet.Fit(opened, KernelVersion.OfThisMachine(), ResolverSet.OfThisMachine().HasStub, guards, refusals);
            opened.Load();
            loaded = opened;
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            opened?.Dispose();
            failure = ExceptionDispatchInfo.Capture(e);
            return false;
        }
    }
}
