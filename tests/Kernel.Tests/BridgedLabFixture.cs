namespace Sallyport.Kernel.Tests;

/// <summary>A laboratory whose client has a bridge for its uplink, with the wire as a port.</summary>
public sealed class BridgedLabFixture : LabFixture
{
    protected override LabOptions Options => base.Options with { UplinkIsBridge = true };
}
