"""One function, every differentiator, certified digits."""


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("diffkit")
    raise AttributeError(f"module 'diffkit' has no attribute {name!r}")
