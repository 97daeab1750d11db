using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>kernel-module-loaded</c>: a module, or another kernel, was tried to be loaded. Keeps nothing.</summary>
internal sealed class ModuleLoadDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is IntrusionSeen { Call: "module-loaded" } seen)
        {
            sink.Accept(Finding.Of(
                RootFindings.ModuleLoaded, seen, seen.Process, seen.Step, seen.Blocked,
                ("what", seen.Detail == WireLimits.ModuleNewKernel ? "kernel" : "module"), ("container", seen.Container)));
        }
    }
}
