from clockwork.resources import FileResource

article = FileResource(
    description="Write about Conway's Game of Life",  # required
    name=None,  # AI will suggest filename
    directory=None,  # AI will suggest directory
    content=None,  # AI will generate content
    mode=None,  # AI will suggest permissions
)
