namespace Sallyport.Kernel.Tests;

/// <summary>One laboratory for the tests of a class, which run one after the other.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private LabNetwork? _lab;

    public LabNetwork Lab
    {
        get
        {
            Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
            return _lab!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (LabNetwork.WhyNot is null)
        {
            _lab = await LabNetwork.CreateAsync(LabOptions.FromEnvironment());
        }
    }

    public ValueTask DisposeAsync() => _lab?.DisposeAsync() ?? ValueTask.CompletedTask;
}
